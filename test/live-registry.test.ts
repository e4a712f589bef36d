import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import t from 'tap'
import { z } from 'zod'
import { requireTools, selectTools } from '../src/catalogue/select-tools.ts'
import { createChanges } from '../src/changes.ts'
import { defineTool } from '../src/define-tool.ts'
import type { PromptDefinition } from '../src/prompt.ts'
import { createRegistry } from '../src/registry.ts'
import type { Source } from '../src/source.ts'
import type { Principal, ResourceDefinition, ToolDefinition } from '../src/types.ts'
import { startApp } from './helpers/app.ts'
import { createFacade } from './helpers/facade.ts'
import { send } from './helpers/http.ts'
import { createLiveSource } from './helpers/live-source.ts'
import { authHeaders, modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'

const everybody: Principal = { id: 'all', kind: 'local' }

function tool(name: string, description = name): ToolDefinition {
  return defineTool({
    name,
    title: name,
    description,
    toolset: 'docs',
    input: z.object({}),
    run: () => `${name} ran`
  })
}

const prompt: PromptDefinition = {
  name: 'docs__ask',
  title: 'Ask',
  description: 'Asks',
  arguments: [],
  scopes: [],
  get: () => ({ messages: [] })
}
const resource: ResourceDefinition = {
  uri: 'docs://a',
  name: 'a',
  title: 'A',
  description: 'A',
  mimeType: 'text/plain',
  scopes: [],
  read: () => ({ contents: [{ uri: 'docs://a', text: 'a' }] })
}

function fixed(...tools: readonly ToolDefinition[]): Source {
  return { tools, close: async () => {} }
}

function watch(sources: readonly Source[], discovery = false) {
  const changes = createChanges()
  const heard: string[] = []
  const registry = createRegistry(sources, { changes, discovery })
  changes.subscribe(({ kind }) => heard.push(kind, ...registry.view(everybody).tools.keys()))
  return { registry, heard }
}

t.test(
  'lists follow a source; only those that changed are announced, after they did',
  async (t) => {
    const live = createLiveSource('docs__')
    const { registry, heard } = watch([fixed(tool('own')), live.source])
    const names = () => registry.view(everybody).lists.tools.map(({ name }) => name)
    t.strictSame(names(), ['own'])
    live.offer({ tools: [tool('docs__b')] })
    t.strictSame(names(), ['docs__b', 'own'])
    t.strictSame(heard.splice(0), ['tools', 'docs__b', 'own'])
    live.offer({ tools: [tool('docs__b')] })
    t.strictSame(heard, [], 'the same again, made anew')
    live.offer({ tools: [tool('docs__b', 'something else')] })
    t.strictSame(heard.splice(0), ['tools', 'docs__b', 'own'])
    live.offer({ tools: [tool('docs__b', 'something else')], prompts: [prompt] })
    t.strictSame(heard.splice(0), ['prompts', 'docs__b', 'own'])
    live.offer({ prompts: [prompt], resources: [resource] })
    t.strictSame(heard.splice(0), ['tools', 'own', 'resources', 'own'])
    t.ok(registry.view(everybody).prompts.has('docs__ask'))
    t.equal(registry.findResource('docs://a')?.definition, resource)
    live.offer({})
    t.equal(registry.findResource('docs://a'), undefined)
    t.equal(registry.tools.get('docs__b'), undefined)
  }
)

t.test('a view that somebody holds stays what it was', async (t) => {
  const live = createLiveSource('docs__')
  live.offer({ tools: [tool('docs__a')] })
  const { registry } = watch([live.source])
  const held = registry.view(everybody)
  live.offer({ tools: [tool('docs__b')] })
  t.strictSame([...held.tools.keys()], ['docs__a'])
  t.strictSame([...registry.view(everybody).tools.keys()], ['docs__b'])
})

t.test('a change that cannot be served leaves what was', async (t) => {
  const live = createLiveSource('docs__')
  const { registry, heard } = watch([fixed(tool('own')), live.source])
  t.throws(() => live.offer({ tools: [tool('docs__a'), tool('not a name')] }), /name must match/)
  t.throws(() => live.offer({ tools: [tool('docs__a')], prompts: [prompt, prompt] }), /twice/)
  t.strictSame([...registry.tools.keys()], ['own'])
  t.strictSame(heard, [])
})

t.test('a name belongs to who had it first', async (t) => {
  const live = createLiveSource('docs__')
  const { registry } = watch([fixed(tool('docs__a', 'ours')), live.source])
  live.offer({ tools: [tool('docs__a', 'theirs')] })
  t.equal(registry.tools.get('docs__a')?.description, 'ours')
  const renamed = [...registry.tools.keys()].filter((name) => name !== 'docs__a')
  t.match(renamed, [/^docs__a_[0-9a-f]{6}$/])
  live.offer({})
  live.offer({ tools: [tool('docs__a', 'theirs')] })
  t.ok(registry.tools.has(String(renamed[0])), 'the same suffix again')
})

t.test('discovery finds and calls what came later', async (t) => {
  const live = createLiveSource('docs__')
  const { registry } = watch([live.source], true)
  const call = 'call_tool_by_name'
  t.equal(registry.tools.get(call)?.annotations.destructiveHint, false)
  const careless = tool('docs__drop')
  live.offer({
    tools: [{ ...careless, annotations: { ...careless.annotations, destructiveHint: true } }]
  })
  t.equal(registry.tools.get(call)?.annotations.destructiveHint, true)
  t.strictSame(registry.resolveCall({ name: call, args: { name: 'docs__drop' } }), {
    name: 'docs__drop',
    args: {}
  })
  t.strictSame([...registry.view(everybody).listed.keys()], ['call_tool_by_name', 'find_tools'])
})

t.test('what is chosen by name holds for what comes later', async (t) => {
  const live = createLiveSource('docs__')
  const sources = [fixed(tool('own')), live.source]
  const [, chosen] = selectTools(sources, { excludeTools: ['docs__drop_*', '*delete*'] })
  live.offer({ tools: [tool('docs__drop_a'), tool('docs__get'), tool('docs__delete')] })
  t.strictSame(
    chosen?.tools.map(({ name }) => name),
    ['docs__get']
  )
  live.offer({})
  for (const name of ['docs__later', 'docs__*', 'do*', '*']) {
    t.ok(selectTools(sources, { tools: [name], excludeTools: [] }), name)
  }
  for (const name of ['docs_later', 'doc', 'docs', 'x*', 'docs-*']) {
    t.throws(() => selectTools(sources, { tools: [name], excludeTools: [] }), /nothing is called/)
  }
  requireTools('limits.tools', ['own', 'docs__later'], sources, new Map())
  t.throws(() => requireTools('limits.tools', ['later'], sources, new Map()), /limits\.tools/)
})

t.test('clients hear of it; lists, calls and documents follow', async (t) => {
  const live = createLiveSource('docs__')
  const app = await startApp({}, [live.source])
  t.teardown(() => app.close(0))
  const client = new Client({ name: 'test', version: '1' })
  const web = { requestInit: { headers: authHeaders() } }
  await client.connect(new StreamableHTTPClientTransport(new URL(app.url), web))
  t.teardown(() => client.close())
  const changed = new Promise((resolve) => {
    client.setNotificationHandler(ToolListChangedNotificationSchema, resolve)
  })
  const facade = createFacade(app)
  const knows = async (name: string): Promise<readonly boolean[]> => [
    (await client.listTools()).tools.some((each) => each.name === name),
    (await facade.get('/openapi.json')).text.includes(`"/api/tools/${name}"`),
    (await facade.get('/api/tools')).text.includes(`"${name}"`)
  ]
  t.strictSame(await knows('docs__a'), [false, false, false])
  live.offer({ tools: [tool('docs__a')] })
  await changed
  t.strictSame(await knows('docs__a'), [true, true, true])
  t.match(await client.callTool({ name: 'docs__a' }), { content: [{ text: 'docs__a ran' }] })
  live.offer({})
  t.strictSame(await knows('docs__a'), [false, false, false])
  await t.rejects(client.callTool({ name: 'docs__a' }), /Unknown tool/)
})

t.test('a header that a tool declares is asked for as long as it does', async (t) => {
  const live = createLiveSource('docs__')
  const app = await startApp({ limits: { enabled: false } }, [live.source])
  t.teardown(() => app.close(0))
  const declares = (header: boolean): ToolDefinition => ({
    ...tool('docs__a'),
    inputSchema: {
      type: 'object',
      properties: { city: { type: 'string', ...(header && { 'x-mcp-header': 'City' }) } }
    },
    parse: (value) => ({ ok: true, value })
  })
  const call = async (): Promise<unknown> => {
    const body = modernRequest('tools/call', toolCall('docs__a', { city: 'Oslo' }))
    return JSON.parse((await send(app.url, { headers: modernHeaders(body), body })).text)
  }
  for (const header of [false, true, false]) {
    live.offer({ tools: [declares(header)] })
    const answer = await call()
    t.match(answer, header ? { error: { code: -32020 } } : { result: { content: [{}] } })
  }
})
