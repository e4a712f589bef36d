import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { CreateMessageRequestSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import t from 'tap'
import { startApp } from './helpers/app.ts'
import { carriers } from './helpers/carriers.ts'
import { childServer } from './helpers/clients.ts'
import { openStream, send } from './helpers/http.ts'
import {
  authHeaders,
  initialize,
  jsonHeaders,
  legacy,
  modern,
  request,
  toolCall
} from './helpers/messages.ts'

/* Questions of a tool to the person or the model behind the client, and the state between them. */

const app = await startApp({ limits: { enabled: false } })
t.teardown(() => app.close(0))

const url = new URL(app.url)
const web = { requestInit: { headers: authHeaders() } }
const identity = { name: 'test', version: '1' }
const said = { role: 'assistant', model: 'm', content: { type: 'text', text: 'hi' } } as const
const text = (value: string) => [{ type: 'text', text: value }]
const modelAnswer = `the model said ${JSON.stringify(said.content)}`

function createV1(action: 'accept' | 'decline' = 'accept'): ClientV1 {
  const client = new ClientV1(identity, { capabilities: { elicitation: {}, sampling: {} } })
  client.setRequestHandler(ElicitRequestSchema, async () =>
    action === 'accept' ? { action, content: { name: 'Ada' } } : { action }
  )
  client.setRequestHandler(CreateMessageRequestSchema, async () => said)
  return client
}

t.test('SDK v1 in a session', async (t) => {
  const client = createV1()
  await client.connect(new HttpV1(url, web))
  const before = app.audit('TOOL_EXECUTE').length
  const { content } = await client.callTool({ name: 'ask_name' })
  t.strictSame(content, text('asked once, accept: Ada'), 'elicitation')
  t.equal(app.audit('TOOL_EXECUTE').length - before, 1, 'one record for one tools/call')
  const sampled = await client.callTool({ name: 'ask_model' })
  t.strictSame(sampled.content, text(modelAnswer), 'sampling')
  await client.close()
})

t.test('SDK v1 in a session: declined', async (t) => {
  const client = createV1('decline')
  await client.connect(new HttpV1(url, web))
  const { content } = await client.callTool({ name: 'ask_name' })
  t.strictSame(content, text('asked once, decline: undefined'))
  await client.close()
})

t.test('a question comes on the stream of its call, without one of the client', async (t) => {
  const opened = await openStream(app.url, { headers: jsonHeaders(), body: initialize() })
  const headers = {
    ...jsonHeaders(),
    'mcp-session-id': String(opened.headers['mcp-session-id']),
    'mcp-protocol-version': legacy
  }
  const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' }
  await send(app.url, { headers, body: initialized })
  const call = request('tools/call', toolCall('ask_name'), 2)
  const stream = await openStream(app.url, { headers, body: call })
  const { id } = await stream.find(({ method }) => method === 'elicitation/create')
  const result = { action: 'accept', content: { name: 'Ada' } }
  await send(app.url, { headers, body: { jsonrpc: '2.0', id, result } })
  const answer = await stream.find((message) => message.id === 2)
  t.match(answer.result, { content: text('asked once, accept: Ada') })
})

t.test('SDK v1 over stdio', async (t) => {
  const client = createV1()
  await client.connect(new StdioV1(childServer))
  const { content } = await client.callTool({ name: 'ask_name' })
  t.strictSame(content, text('asked once, accept: Ada'), 'elicitation')
  const sampled = await client.callTool({ name: 'ask_model' })
  t.strictSame(sampled.content, text(modelAnswer), 'sampling')
  await client.close()
})

t.test('SDK v1 that declared neither', async (t) => {
  const client = new ClientV1(identity)
  await client.connect(new HttpV1(url, web))
  for (const name of ['ask_name', 'ask_model']) {
    const end = await client.callTool({ name }).catch((error: unknown) => error)
    t.match(JSON.stringify(end), /isError|code/, `${name} ends with an error, not in silence`)
  }
  await client.close()
})

t.test('SDK v2, 2026-07-28', async (t) => {
  const client = new Client(identity, {
    capabilities: { elicitation: { form: {} }, sampling: {} },
    versionNegotiation: { mode: { pin: modern } }
  })
  client.setRequestHandler('elicitation/create', async () => ({
    action: 'accept' as const,
    content: { name: 'Ada' }
  }))
  client.setRequestHandler('sampling/createMessage', async () => said)
  await client.connect(new StreamableHTTPClientTransport(url, web))
  const { content } = await client.callTool({ name: 'ask_name', arguments: {} })
  t.strictSame(content, text('asked once, accept: Ada'), 'elicitation')
  const sampled = await client.callTool({ name: 'ask_model', arguments: {} })
  t.strictSame(sampled.content, text(modelAnswer), 'sampling')
  await client.close()
})

t.test('2026-07-28: the state is good for this caller and this call only', async (t) => {
  const open = carriers['HTTP 2026-07-28']
  if (!open) throw new Error('no such carrier')
  const carrier = await open({ app, key: 'full' })
  const call = async (params: Readonly<Record<string, unknown>>, by = carrier) =>
    (await by.send('tools/call', params)).answer
  const asked = await call(toolCall('ask_name'))
  t.equal(asked?.result?.resultType, 'input_required')
  const requestState = String(asked?.result?.requestState)
  const inputResponses = { who: { action: 'accept', content: { name: 'Eve' } } }
  const retry = { ...toolCall('ask_name'), inputResponses, requestState }

  const good = await call(retry)
  t.strictSame(good?.result?.content, text('asked once, accept: Eve'))

  const refused = { error: { code: -32602 } }
  const flipped = requestState.replace(
    /\.(.)([\w-]+)$/,
    (_, one, rest) => `.${one === 'A' ? 'B' : 'A'}${rest}`
  )
  t.match(await call({ ...retry, requestState: flipped }), refused, 'tampered with')
  t.match(await call({ ...retry, requestState: 'x' }), refused, 'made up')
  t.match(await call({ ...retry, name: 'ask_model' }), refused, 'of another tool')
  t.match(await call({ ...retry, arguments: { a: 1 } }), refused, 'of other arguments')
  const other = await open({ app, key: 'narrow' })
  t.match(await call(retry, other), refused, 'of another caller')
})

t.test('2025-11-25 sessionless: nobody can be asked, and the client hears so', async (t) => {
  const carrier = await carriers['HTTP 2025-11-25 sessionless']?.({ app, key: 'full' })
  const pending = await carrier?.send('tools/call', toolCall('ask_name'))
  t.match(JSON.stringify(await pending?.answer), /isError|"error"/)
})
