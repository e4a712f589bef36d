import t from 'tap'
import { z } from 'zod'
import { defineTool } from '../src/define-tool.ts'
import type { PromptDefinition } from '../src/prompt.ts'
import { createRegistry } from '../src/registry.ts'
import type { Source } from '../src/source.ts'
import type { Principal, ResourceDefinition, ToolDefinition } from '../src/types.ts'

function tool(name: string, rest: Partial<ToolDefinition> = {}): ToolDefinition {
  const made = defineTool({
    name,
    title: `Title of ${name}`,
    description: `What ${name} does`,
    toolset: 'test.group',
    sensitive: ['pin'],
    limit: { perMinute: 5, burst: 1 },
    input: z.object({ pin: z.string() }),
    output: z.object({ ok: z.boolean() }),
    run: () => ({ ok: true })
  })
  return { ...made, ...rest }
}

function resource(uri: string, scopes: readonly string[] = []): ResourceDefinition {
  return {
    uri,
    name: uri,
    title: `Title of ${uri}`,
    description: `What ${uri} holds`,
    mimeType: 'text/plain',
    scopes,
    complete: { id: ['1', '2'] },
    read: () => ({ contents: [{ uri, text: 'text' }] })
  }
}

function prompt(name: string, scopes: readonly string[] = []): PromptDefinition {
  return {
    name,
    title: `Title of ${name}`,
    description: `What ${name} asks`,
    arguments: [{ name: 'city', description: 'Where', required: true, complete: ['Oslo'] }],
    scopes,
    get: () => ({ messages: [] })
  }
}

function source(parts: Partial<Source>): Source {
  return { tools: [], close: async () => {}, ...parts }
}

const everybody: Principal = { id: 'all', kind: 'local' }
const namesOf = (items: readonly Readonly<Record<string, unknown>>[]) =>
  items.map(({ name }) => name)

t.test('lists are sorted whatever the order of the sources', async (t) => {
  const sources = [
    source({ tools: [tool('c'), tool('A')], prompts: [prompt('z')] }),
    source({ tools: [tool('b'), tool('a')], prompts: [prompt('y')] })
  ]
  for (const given of [sources, [...sources].reverse()]) {
    const view = createRegistry(given).view(everybody)
    t.strictSame(namesOf(view.lists.tools), ['A', 'a', 'b', 'c'])
    t.strictSame(namesOf(view.lists.prompts), ['y', 'z'])
  }
})

t.test('on the wire a tool is what the specification names, nothing of ours', async (t) => {
  const { lists } = createRegistry([source({ tools: [tool('a')] })]).view(everybody)
  t.strictSame(lists.tools, [
    {
      name: 'a',
      title: 'Title of a',
      description: 'What a does',
      inputSchema: {
        type: 'object',
        properties: { pin: { type: 'string' } },
        required: ['pin'],
        additionalProperties: false
      },
      outputSchema: {
        type: 'object',
        properties: { ok: { type: 'boolean' } },
        required: ['ok'],
        additionalProperties: false
      },
      annotations: {
        title: 'Title of a',
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false
      }
    }
  ])
})

t.test('prompts, resources and templates on the wire have nothing of ours', async (t) => {
  const view = createRegistry([
    source({ prompts: [prompt('p')], resources: [resource('docs://a'), resource('docs://b/{id}')] })
  ]).view(everybody)
  t.strictSame(view.lists.prompts, [
    {
      name: 'p',
      title: 'Title of p',
      description: 'What p asks',
      arguments: [{ name: 'city', description: 'Where', required: true }]
    }
  ])
  const shared = (uri: string) => ({
    name: uri,
    title: `Title of ${uri}`,
    description: `What ${uri} holds`,
    mimeType: 'text/plain'
  })
  t.strictSame(view.lists.resources, [{ uri: 'docs://a', ...shared('docs://a') }])
  t.strictSame(view.lists.resourceTemplates, [
    { uriTemplate: 'docs://b/{id}', ...shared('docs://b/{id}') }
  ])
})

t.test('a principal sees what its scopes and globs allow', async (t) => {
  const registry = createRegistry([
    source({
      tools: [
        tool('get_a'),
        tool('get_b', { scopes: ['read'] }),
        tool('put_a', { scopes: ['read', 'write'] })
      ],
      prompts: [prompt('open'), prompt('closed', ['read'])],
      resources: [resource('docs://open'), resource('docs://closed', ['read'])]
    })
  ])
  const rows: readonly [Partial<Principal>, readonly string[], boolean][] = [
    [{}, ['get_a', 'get_b', 'put_a'], true],
    [{ scopes: [] }, ['get_a'], false],
    [{ scopes: ['read'] }, ['get_a', 'get_b'], true],
    [{ scopes: ['write', 'read', 'more'] }, ['get_a', 'get_b', 'put_a'], true],
    [{ tools: ['get_*'] }, ['get_a', 'get_b'], true],
    [{ tools: [] }, [], true],
    [{ tools: ['*_a'], scopes: ['read'] }, ['get_a'], true]
  ]
  for (const [limits, tools, seesClosed] of rows) {
    const view = registry.view({ id: 'x', kind: 'key', ...limits })
    const told = JSON.stringify(limits)
    t.strictSame(namesOf(view.lists.tools), tools, told)
    t.strictSame([...view.tools.keys()], tools, 'what is listed can be called, nothing else')
    t.equal(view.prompts.has('closed'), seesClosed, told)
    t.equal(namesOf(view.lists.prompts).includes('closed'), seesClosed, told)
    t.equal(view.resources.has('docs://closed'), seesClosed, told)
    t.equal(namesOf(view.lists.resources).includes('docs://closed'), seesClosed, told)
  }
})

t.test('callers with the same permissions share one view', async (t) => {
  const registry = createRegistry([source({ tools: [tool('a')] })])
  const first = registry.view({ id: 'one', kind: 'key', scopes: ['read'] })
  t.equal(registry.view({ id: 'two', kind: 'key', scopes: ['read'] }), first)
  t.not(registry.view({ id: 'one', kind: 'key', scopes: [] }), first)
  t.not(registry.view({ id: 'one', kind: 'key', tools: ['read'] }), first)
  const whole = registry.view({ id: 'one', kind: 'key' })
  t.not(whole, first)
  t.equal(registry.view({ id: 'two', kind: 'jwt', scopes: [] }), whole, 'its scopes hide nothing')
})

t.test('a resource is found by its URI or its template, an exact one first', async (t) => {
  const uris = ['docs://{id}', 'docs://a', 'docs://~home', 'users://{id}/pets/{pet}']
  const registry = createRegistry([source({ resources: uris.map((uri) => resource(uri)) })])
  const rows: readonly [string, string | undefined, Readonly<Record<string, string>>][] = [
    ['docs://a', 'docs://a', {}],
    ['docs://b', 'docs://{id}', { id: 'b' }],
    ['docs://~home', 'docs://~home', {}],
    ['users://7/pets/rex', 'users://{id}/pets/{pet}', { id: '7', pet: 'rex' }],
    ['users://7', undefined, {}],
    ['DOCS://a', undefined, {}]
  ]
  for (const [uri, expected, variables] of rows) {
    const found = registry.findResource(uri)
    t.equal(found?.definition.uri, expected, uri)
    t.strictSame(Object.fromEntries(found?.variables ?? []), variables, uri)
  }
})

t.test('names from outside find nothing that is not there', async (t) => {
  const registry = createRegistry([source({ tools: [tool('a')] })])
  for (const name of ['__proto__', 'constructor', 'toString', '', 'A', ' a']) {
    t.equal(registry.tools.get(name), undefined, name)
    t.notOk(registry.view(everybody).tools.has(name), name)
  }
})

t.test('a name that no client would accept is refused', async (t) => {
  for (const name of ['', 'a b', 'a.b', 'a/b', 'é', 'x'.repeat(65), 'a\n']) {
    const make = () => createRegistry([source({ tools: [tool(name)] })])
    t.throws(make, { message: /name must match/ }, JSON.stringify(name))
  }
  t.ok(createRegistry([source({ tools: [tool('x'.repeat(64)), tool('get-A_1')] })]))
})

t.test(
  'of tools with one name all are served, the later ones under a name that stays',
  async (t) => {
    const long = 'x'.repeat(64)
    const sources = [
      source({ tools: [tool('a'), tool(long)] }),
      source({ tools: [tool('a', { title: 'second' }), tool(long)] }),
      source({ tools: [tool('a', { title: 'third' })] })
    ]
    const { tools } = createRegistry(sources).view(everybody).lists
    t.equal(new Set(namesOf(tools)).size, 5)
    for (const { name } of tools) t.match(name, /^(?:a(?:_[\da-f]+)?|x+(?:_[\da-f]+)?)$/)
    for (const { name } of tools) t.ok(String(name).length <= 64)
    t.equal(tools.find(({ name }) => name === 'a')?.title, 'Title of a', 'the first keeps it')
    const again = createRegistry(sources).view(everybody)
    t.strictSame(namesOf(again.lists.tools), namesOf(tools))
  }
)

t.test('a prompt or a resource that is defined twice is refused', async (t) => {
  t.throws(
    () => createRegistry([source({ prompts: [prompt('p')] }), source({ prompts: [prompt('p')] })]),
    {
      message: 'prompt p is defined twice'
    }
  )
  const twice = [resource('docs://a'), resource('docs://a')]
  t.throws(() => createRegistry([source({ resources: twice })]), {
    message: /docs:\/\/a is defined twice/
  })
})
