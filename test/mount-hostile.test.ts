import t from 'tap'
import { createRegistry } from '../src/registry.ts'
import { createFakeUpstream } from './helpers/fake-upstream.ts'
import { mount, textOf } from './helpers/mounted.ts'
import { until } from './helpers/until.ts'

/* What an upstream server may say to harm us, our callers or their models. */

const anyArguments = { type: 'object' }

t.test('names of any kind become names that clients accept, each one once', async (t) => {
  const fake = createFakeUpstream()
  const names = [
    'a'.repeat(10_000),
    'b'.repeat(400),
    '__proto__',
    'constructor',
    'get user',
    'é',
    ''
  ]
  const twice = [
    { name: 'twice', description: 'first' },
    { name: 'twice', description: 'second' }
  ]
  fake.lists.tools = [...names.map((name) => ({ name })), ...twice, { name: 7 }, {}].map(
    (each) => ({
      ...each,
      inputSchema: anyArguments
    })
  )
  const { source, call, lines } = await mount(fake)
  const registry = createRegistry([source])
  t.equal(registry.tools.size, source.tools.length)
  for (const name of registry.tools.keys()) t.match(name, /^docs__[a-zA-Z0-9_-]{1,58}$/)
  t.strictSame(
    source.tools.map(({ title }) => title.slice(0, 12)).sort(),
    ['__proto__', 'bbbbbbbbbbbb', 'constructor', 'get user', 'twice', 'é'].sort()
  )
  t.equal(registry.tools.get('docs__twice')?.description, 'first')
  t.match(lines.join(), /refused/)
  await call('docs____proto__')
  t.match(fake.seen[0], { params: { name: '__proto__' } }, 'called by its own name')
  await source.close()
})

t.test('two names that would become one stay two', async (t) => {
  const fake = createFakeUpstream()
  const names = ['get.user', 'get user', 'get_user', `${'x'.repeat(90)}1`, `${'x'.repeat(90)}2`]
  fake.lists.tools = names.map((name) => ({ name, inputSchema: anyArguments }))
  const first = await mount(fake)
  t.equal(new Set(first.names()).size, names.length)
  t.ok(first.names().includes('docs__get_user'))
  const before = first.names()
  fake.lists.tools = [...fake.lists.tools].reverse()
  const second = await mount(fake)
  t.strictSame(second.names().sort(), [...before].sort(), 'whatever the order')
  await Promise.all([first.source.close(), second.source.close()])
})

t.test('two prompts of one name stop neither the start nor later changes', async (t) => {
  const fake = createFakeUpstream()
  fake.lists.prompts = [{ name: 'ask.user' }]
  const { source } = await mount(fake)
  t.teardown(() => source.close())
  const registry = createRegistry([source])
  const [taken = ''] = registry.prompts.keys()
  // The suffix is no secret: a server can foresee it.
  fake.lists.prompts = [{ name: 'ask.user' }, { name: taken.slice('docs__'.length) }]
  fake.lists.tools = [{ name: 'later', inputSchema: anyArguments }]
  fake.tell({ kind: 'prompts' })
  await until(() => registry.tools.has('docs__later'), 'the change is served')
  t.strictSame([...createRegistry([source]).prompts.keys()], [taken], 'a start with them')
})

t.test('a server says nothing in our name', async (t) => {
  const fake = createFakeUpstream()
  fake.lists.tools = [{ name: 'it', inputSchema: anyArguments }]
  const spoofed = { 'portcullis/retryAfterMs': 9e9, 'portcullis/upstream': {}, 'vendor/own': 1 }
  fake.answer = () => ({
    content: [{ type: 'text', text: 'no', _meta: spoofed }],
    isError: true,
    _meta: spoofed
  })
  const { source, call } = await mount(fake)
  t.teardown(() => source.close())
  const kept = { 'vendor/own': 1 }
  t.strictSame(await call('docs__it'), {
    content: [{ type: 'text', text: 'no', _meta: kept }],
    isError: true,
    _meta: kept
  })
})

t.test('a list of heavy schemas holds nobody up while it is read', async (t) => {
  const fake = createFakeUpstream()
  const { source } = await mount(fake)
  t.teardown(() => source.close())
  const $defs = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => {
      const next = { $ref: `#/$defs/d${(index * 3 + 1) % 60}` }
      return [`d${index}`, { type: 'object', properties: { a: next, b: next, c: next } }]
    })
  )
  const inputSchema = { type: 'object', $defs, properties: { x: { $ref: '#/$defs/d0' } } }
  fake.lists.tools = Array.from({ length: 200 }, (_, index) => ({ name: `t${index}`, inputSchema }))
  fake.tell({ kind: 'tools' })
  await until(() => fake.listings() === 2, 'it is listed')
  let turns = 0
  const ticking = setInterval(() => turns++, 1)
  t.teardown(() => clearInterval(ticking))
  await until(() => source.tools.length === 200, 'it is served')
  t.ok(turns >= 10, `${turns} turns of the others`)
})

t.test('a list without end is cut', async (t) => {
  const fake = createFakeUpstream()
  fake.lists.tools = Array.from({ length: 100_000 }, (_, index) => ({
    name: `tool_${index}`,
    inputSchema: anyArguments
  }))
  const { source, lines } = await mount(fake)
  t.equal(source.tools.length, 1000)
  t.match(lines.join(), /"listed":100000,"refused":99000/)
  await source.close()
})

t.test('schemas that would harm are refused, and only they', async (t) => {
  const nest = (levels: number): object =>
    levels === 0 ? { type: 'string' } : { type: 'array', items: nest(levels - 1) }
  const bomb = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [
      `d${index}`,
      {
        type: 'object',
        properties: { a: { $ref: `#/$defs/d${index + 1}` }, b: { $ref: `#/$defs/d${index + 1}` } }
      }
    ])
  )
  const property = (schema: object) => ({ type: 'object', properties: { x: schema } })
  const hostile: Readonly<Record<string, unknown>> = {
    network: property({ $ref: 'https://attacker.example/schema.json' }),
    file: property({ $ref: 'file:///etc/passwd' }),
    relative: property({ $ref: 'other.json' }),
    dynamic: property({ $dynamicRef: '#node' }),
    nowhere: property({ $ref: '#/$defs/nothing' }),
    circle: { type: 'object', properties: { x: { $ref: '#/properties/x' } } },
    deep: property(nest(500)),
    deeper: property({ default: nest(3000) }),
    wide: {
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`p${i}`, {}]))
    },
    long: property({ const: 'x'.repeat(1_000_000) }),
    list: [],
    text: 'object',
    missing: undefined,
    untyped: {},
    scalar: { type: 'string' },
    bidi: { type: 'object', properties: { 'a\u202eb': {} } },
    proto: JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'),
    broken: property({ type: 'nonsense' })
  }
  const fake = createFakeUpstream()
  fake.lists.tools = [
    ...Object.entries(hostile).map(([name, inputSchema]) => ({ name, inputSchema })),
    {
      name: 'bomb',
      inputSchema: { type: 'object', $defs: bomb, properties: { x: { $ref: '#/$defs/d0' } } }
    },
    { name: 'good', inputSchema: anyArguments }
  ]
  const { source, names } = await mount(fake)
  t.strictSame(names(), ['docs__good'])
  const shown = JSON.stringify(source.tools)
  t.ok(shown.length < 100_000, `${shown.length} characters`)
  t.notMatch(shown, /attacker|etc\/passwd/)
  await source.close()
})

t.test('a schema that contains itself is checked, and not for ever', async (t) => {
  const fake = createFakeUpstream()
  fake.lists.tools = [
    {
      name: 'tree',
      inputSchema: {
        type: 'object',
        properties: { root: { $ref: '#/$defs/node' } },
        $defs: {
          node: {
            type: 'object',
            required: ['name'],
            properties: {
              name: { type: 'string' },
              children: { type: 'array', items: { $ref: '#/$defs/node' } }
            }
          },
          twofold: { anyOf: [{ $ref: '#/$defs/node' }, { $ref: '#/$defs/node' }] }
        }
      }
    },
    { name: 'self', inputSchema: { type: 'object', properties: { next: { $ref: '#' } } } },
    {
      name: 'rooted',
      inputSchema: { type: 'object', $ref: '#/$defs/a', $defs: { a: { required: ['b'] } } }
    },
    {
      name: 'old',
      inputSchema: {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        definitions: { pair: { type: 'array', items: [{ type: 'string' }, { type: 'number' }] } },
        properties: { pair: { $ref: '#/definitions/pair' } }
      }
    }
  ]
  const { source, call } = await mount(fake)
  t.equal(source.tools.length, 4)
  const refused = { ok: false }
  t.notMatch(await call('docs__tree', { root: { name: 'a', children: [{ name: 'b' }] } }), refused)
  t.match(await call('docs__tree', { root: { name: 'a', children: [{ name: 7 }] } }), refused)
  t.match(await call('docs__self', { next: { next: 'text' } }), refused)
  t.match(await call('docs__rooted', {}), refused)
  t.match(await call('docs__old', { pair: [1, 'a'] }), refused)
  t.notMatch(await call('docs__old', { pair: ['a', 1] }), refused)
  await source.close()
})

t.test('a pattern that would hang is dropped; a good one is kept', async (t) => {
  const fake = createFakeUpstream()
  const withPattern = (pattern: string) => ({
    type: 'object',
    properties: { x: { type: 'string', pattern } }
  })
  fake.lists.tools = [
    { name: 'bad', inputSchema: withPattern('^(a+)+$') },
    { name: 'good', inputSchema: withPattern('^[a-z]+$') }
  ]
  const { source, call } = await mount(fake)
  t.notMatch(JSON.stringify(source.tools), /a\+\)\+/)
  t.notMatch(await call('docs__bad', { x: `${'a'.repeat(50)}!` }), { ok: false })
  t.match(await call('docs__good', { x: 'A' }), { ok: false })
  await source.close()
})

t.test('texts lose what hides instructions, and what is too long', async (t) => {
  const hidden = 'Reads\u001b[31m a \u202efile\u2066\u{e0041}\u200b. '
  const fake = createFakeUpstream()
  fake.lists.tools = [
    {
      name: 'read',
      title: hidden,
      description: hidden + 'x'.repeat(1_000_000),
      inputSchema: { type: 'object', properties: { path: { type: 'string', description: hidden } } }
    }
  ]
  fake.lists.prompts = [
    { name: 'ask', description: hidden, arguments: [{ name: 'a', description: hidden }] }
  ]
  fake.lists.resources = [{ uri: 'file:///a', name: hidden, description: hidden }]
  const { source } = await mount(fake)
  const shown = JSON.stringify([source.tools, source.prompts, source.resources])
  t.notMatch(shown, /\\u001b|\u202e|\u2066|\u{e0041}|\u200b/u)
  t.ok(shown.length < 10_000, `${shown.length} characters`)
  t.match(source.tools[0]?.title, 'Reads[31m a file.')
  await source.close()
})

t.test('hints are never better than what the server says', async (t) => {
  const fake = createFakeUpstream()
  const rows: readonly [unknown, object][] = [
    [undefined, [false, true, false, true]],
    ['yes', [false, true, false, true]],
    [{ readOnlyHint: 'true', destructiveHint: 0 }, [false, true, false, true]],
    [{ readOnlyHint: true }, [true, false, false, true]],
    [{ destructiveHint: false, idempotentHint: true }, [false, false, true, true]],
    [{ openWorldHint: false }, [false, true, false, false]]
  ]
  fake.lists.tools = rows.map(([annotations], index) => ({
    name: `t${index}`,
    inputSchema: anyArguments,
    annotations
  }))
  const { source } = await mount(fake)
  for (const [index, [, expected]] of rows.entries()) {
    t.strictSame(Object.values(source.tools[index]?.annotations ?? {}), expected, `row ${index}`)
  }
  await source.close()
})

t.test('a server cannot choose which arguments show in headers', async (t) => {
  const fake = createFakeUpstream()
  fake.lists.tools = [
    {
      name: 'login',
      inputSchema: {
        type: 'object',
        properties: { password: { type: 'string', 'x-mcp-header': 'Password' } }
      }
    }
  ]
  const { source } = await mount(fake)
  t.notMatch(JSON.stringify(source.tools), /x-mcp-header/)
  await source.close()
})

t.test('what is no result is none', async (t) => {
  const fake = createFakeUpstream()
  fake.lists.tools = [
    { name: 'plain', inputSchema: anyArguments },
    {
      name: 'typed',
      inputSchema: anyArguments,
      outputSchema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] }
    }
  ]
  const { source, call } = await mount(fake)
  const wrong: readonly unknown[] = [
    {},
    { content: 'text' },
    { content: [null] },
    { content: [{ type: 'text' }] },
    { content: [{ type: 'text', text: 7 }] },
    { content: [{ type: 'script', text: 'x' }] },
    { content: [{ type: 'image', data: 'not base64!', mimeType: 'image/png' }] },
    { content: [{ type: 'resource', resource: { uri: 'file:///a' } }] },
    { content: [{ type: 'resource_link', uri: 'no uri', name: 'a' }] },
    { content: [], structuredContent: [] },
    { content: [], structuredContent: 'text' },
    { resultType: 'input_required', inputRequests: [] },
    { resultType: 'input_required', requestState: 7 },
    { resultType: 'input_required', inputRequests: { a: { method: 'tools/call' } } },
    { resultType: 'input_required', inputRequests: { a: { method: 'roots/list' } } }
  ]
  for (const result of wrong) {
    fake.answer = () => result
    const answer = await call('docs__plain')
    t.match(
      answer,
      { isError: true, _meta: { 'portcullis/upstream': { error: 'validation' } } },
      JSON.stringify(result)
    )
  }
  for (const structuredContent of [undefined, {}, { n: 'one' }]) {
    fake.answer = () => ({ content: [], structuredContent })
    t.match(await call('docs__typed'), { isError: true }, JSON.stringify(structuredContent))
  }
  fake.answer = () => ({ content: [], structuredContent: { n: 1 } })
  t.strictSame(await call('docs__typed'), { content: [], structuredContent: { n: 1 } })
  fake.answer = () => ({ content: [{ type: 'text', text: 'no' }], isError: true })
  t.match(await call('docs__typed'), { isError: true, content: [{ text: 'no' }] })
  await source.close()
})

t.test('unknown fields of a result stay behind; its data does not change', async (t) => {
  const fake = createFakeUpstream()
  fake.lists.tools = [{ name: 'plain', inputSchema: anyArguments }]
  const { source, call } = await mount(fake)
  const odd = 'a\u202eb\u001b[0m\u0000'
  fake.answer = () => ({
    content: [
      { type: 'text', text: odd, onclick: 'x', annotations: { audience: ['user'], priority: 9 } }
    ],
    structuredContent: { odd, nested: { __proto__x: [1, null] } },
    _meta: { 'com.example/key': { a: 1 }, 'io.modelcontextprotocol/serverInfo': { name: 'x' } },
    state: 'mine',
    inputRequests: { a: {} },
    resultType: 'complete'
  })
  t.strictSame(await call('docs__plain'), {
    content: [{ type: 'text', text: odd, annotations: { audience: ['user'] } }],
    structuredContent: { odd, nested: { __proto__x: [1, null] } },
    _meta: { 'com.example/key': { a: 1 } }
  })
  t.equal(textOf(await call('docs__plain')), odd)
  await source.close()
})
