import t, { type Test } from 'tap'
import type { Message, ServerRequest } from '../tools/upstream/connection.ts'
import { type McpHttpServer, startNewServer, startOldServer } from './helpers/mcp-servers.ts'
import { until } from './helpers/until.ts'
import { callTool, connect, faultOf } from './helpers/upstreams.ts'

const forever = new AbortController().signal
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

const rpcError = (code: number) => ({ rpc: { code } }) as unknown as Error

const eras = [
  { era: 'legacy', version: '2025-11-25', start: startOldServer },
  { era: 'modern', version: '2026-07-28', start: startNewServer }
] as const

async function open(t: Test, start: () => Promise<McpHttpServer>, entry: object = {}) {
  const server = await start()
  t.teardown(() => server.close())
  return { server, ...connect(t, { it: { endpoint: server.url, ...entry } }) }
}

for (const { era, version, start } of eras) {
  t.test(`a ${era} server`, async (t) => {
    const { server, get } = await open(t, start)
    const it = get('it')
    const lists = await it.use({ signal: forever }, async (client) => ({
      tools: await client.list('tools'),
      resources: await client.list('resources'),
      templates: await client.list('templates'),
      prompts: await client.list('prompts')
    }))
    t.match(it.info, { era, protocolVersion: version, transport: 'streamable_http' })
    t.same(
      lists.tools.map(({ name }) => name),
      ['echo', 'ask', 'slow']
    )
    t.same(
      lists.resources.map(({ uri }) => uri),
      ['note://one']
    )
    t.same(lists.templates, [])
    t.same(
      lists.prompts.map(({ name }) => name),
      ['greet']
    )

    t.same(await callTool(it, 'echo', { text: 'hi' }), { text: 'hi' })
    const rest = await it.use({ signal: forever }, async (client) => [
      await client.request('resources/read', { uri: 'note://one' }),
      await client.request('prompts/get', { name: 'greet' })
    ])
    t.match(rest, [{ contents: [{ text: 'a note' }] }, { messages: [{ role: 'user' }] }])

    const refused = it.use({ signal: forever }, (client) =>
      client.request('prompts/get', { name: 'no such' })
    )
    t.equal(await faultOf(refused), 'protocol')
    await t.rejects(refused, rpcError(-32_602))
    t.equal(it.state(), 'up', 'a refusal is an answer')
    t.ok(server.requests.length > 0)
  })

  t.test(`a ${era} server is told of progress wishes and of cancellation`, async (t) => {
    const { server, get } = await open(t, start)
    const controller = new AbortController()
    const seen: unknown[] = []
    const call = get('it').use({ signal: controller.signal }, (client) =>
      client.request(
        'tools/call',
        { name: 'slow', arguments: {} },
        {
          onProgress(progress) {
            seen.push(progress)
            controller.abort(new Error('enough'))
          }
        }
      )
    )
    await t.rejects(call, { message: 'enough' })
    t.match(seen, [{ progress: 1, total: 2 }])
    await until(() => server.stopped.length === 1, 'the tool was stopped')
  })

  t.test(`a ${era} server gets the trace context, and nothing else of a caller`, async (t) => {
    const { server, get } = await open(t, start)
    await callTool(get('it'), 'echo', { text: 'x' }, { traceparent, caller: 'someone-by-name' })
    t.ok(server.requests.some(({ headers }) => headers.traceparent === traceparent))
    const all = server.requests.map(({ rawHeaders }) => rawHeaders.join(' ')).join('\n')
    t.notMatch(all, /someone-by-name|authorization|cookie/i)
  })

  t.test(`a ${era} server that comes back is found by us`, async (t) => {
    const { server, get, lines } = await open(t, start)
    const it = get('it')
    await callTool(it, 'echo', { text: '1' })
    await server.close()
    t.equal(await faultOf(callTool(it, 'echo', { text: '2' })), 'connection')
    await until(() => it.circuit() === 'open', 'it is known to be down')
    const again = await start(server.port)
    t.teardown(() => again.close())
    await until(() => it.circuit() === 'closed', 'nobody asked for it')
    t.same(await callTool(it, 'echo', { text: '3' }), { text: '3' })
    t.ok(lines.some(({ message }) => message === 'MCP server is down'))
  })
}

t.test('questions of a legacy server come to the call that they belong to', async (t) => {
  const { get } = await open(t, startOldServer)
  const it = get('it')
  const ask = async (name: string) => {
    const asked: ServerRequest[] = []
    const answer = async (request: ServerRequest): Promise<Message> => {
      asked.push(request)
      return { action: 'accept', content: { name } }
    }
    const call = { caller: name, capabilities: { elicitation: {} }, answer }
    const result = await callTool(it, 'ask', {}, call)
    return { asked, result }
  }
  const names = Array.from({ length: 12 }, (_, index) => `caller ${index % 6}, ${index}`)
  const found = await Promise.all(names.map(ask))
  t.same(
    found.map(({ result }) => (result.content as Message).name),
    names
  )
  for (const { asked } of found)
    t.match(asked, [{ method: 'elicitation/create', params: { message: 'who?' } }])
})

t.test('a server is offered what the caller declared, and no more', async (t) => {
  const { get } = await open(t, startOldServer)
  const refused = await get('it').use({ signal: forever }, (client) =>
    client.request('tools/call', { name: 'ask', arguments: {} })
  )
  t.match(refused, { isError: true, content: [{ text: /elicitation/i }] })
})

t.test(
  'questions of a modern server come as results, and the answers go back with its state',
  async (t) => {
    const { get } = await open(t, startNewServer)
    const call = { signal: forever, caller: 'me', capabilities: { elicitation: { form: {} } } }
    const request = { name: 'ask', arguments: {} }
    const asked = await get('it').use(call, (client) => client.request('tools/call', request))
    t.match(asked, {
      resultType: 'input_required',
      inputRequests: { who: { method: 'elicitation/create', params: { message: 'who?' } } },
      requestState: 'state-of-the-server'
    })
    const { requestState } = asked
    const inputResponses = { who: { action: 'accept', content: { name: 'x' } } }
    const done = await get('it').use(call, (client) =>
      client.request('tools/call', { ...request, requestState, inputResponses })
    )
    t.match(done, { content: [{ text: /"name":"x"/ }] })
    const other = get('it').use({ signal: forever }, (client) =>
      client.request('tools/call', request)
    )
    await t.rejects(other, rpcError(-32_021), 'who declared nothing is not asked')
  }
)

t.test(
  'a session that the server has forgotten is opened anew, and the call goes on',
  async (t) => {
    const { server, get } = await open(t, startOldServer)
    await callTool(get('it'), 'echo', { text: '1' })
    server.forget()
    t.same(await callTool(get('it'), 'echo', { text: '2' }), { text: '2' })
  }
)

t.test('an answer whose stream breaks off is an error of its call, at once', async (t) => {
  const { server, get } = await open(t, startOldServer)
  const it = get('it')
  await callTool(it, 'echo', { text: '1' })
  const call = faultOf(callTool(it, 'slow'))
  await until(() => server.requests.at(-1)?.method === 'POST', 'it is there')
  await server.close()
  t.equal(await call, 'connection')
})
