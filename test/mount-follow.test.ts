import t from 'tap'
import { type ChangeEvent, createChanges } from '../src/changes.ts'
import { Refusal } from '../src/errors.ts'
import { createRegistry } from '../src/registry.ts'
import type { Principal } from '../src/types.ts'
import { createFollower } from '../tools/upstream/mount/follower.ts'
import { UpstreamError } from '../tools/upstream/upstream-error.ts'
import { createFakeUpstream } from './helpers/fake-upstream.ts'
import { contextOf, mount, textOf } from './helpers/mounted.ts'
import { until } from './helpers/until.ts'

/* A mounted server is followed: what it lists comes and goes, and stays while it is down. */

const everybody: Principal = { id: 'all', kind: 'local' }

function tool(name: string, more: object = {}): object {
  return { name, inputSchema: { type: 'object' }, ...more }
}

t.test('a server that is down at the start appears when it comes up', async (t) => {
  const fake = createFakeUpstream()
  fake.isDown = true
  const { source, names, lines } = await mount(fake)
  t.teardown(() => source.close())
  const registry = createRegistry([source])
  t.strictSame(names(), [])
  t.match(lines.join(), /cannot be listed.*"fault":"connection"/)
  fake.lists.tools = [tool('search')]
  fake.isDown = false
  await until(() => registry.tools.has('docs__search'), 'the tools of the server that came up')
})

t.test('what is known stays while it is down, and calls say what to do', async (t) => {
  const fake = createFakeUpstream()
  fake.lists = {
    tools: [tool('search', { annotations: { readOnlyHint: true } })],
    resources: [{ uri: 'file:///a', name: 'a' }]
  }
  const { source, names, call } = await mount(fake)
  t.teardown(() => source.close())
  fake.isDown = true
  fake.tell({ kind: 'tools' })
  t.strictSame(names(), ['docs__search'])
  const answer = await call('docs__search')
  t.match(answer, {
    isError: true,
    _meta: { 'portcullis/upstream': { error: 'connection', server: 'docs' } }
  })
  t.match(textOf(answer), /^docs: .*cannot be reached.*Retry/)
  const [resource] = source.resources ?? []
  const reading = resource?.read('mcp://docs/file:///a', new Map(), contextOf())
  await t.rejects(Promise.resolve(reading), {
    name: 'Refusal',
    message: /docs: .*cannot be reached/
  })
})

t.test('list_changed is followed; only what changed is announced', async (t) => {
  const fake = createFakeUpstream()
  fake.lists = { tools: [tool('a'), tool('b')], prompts: [{ name: 'ask' }] }
  const { source } = await mount(fake)
  t.teardown(() => source.close())
  const changes = createChanges()
  const heard: ChangeEvent['kind'][] = []
  changes.subscribe(({ kind }) => heard.push(kind))
  const registry = createRegistry([source], { changes })
  const kept = registry.tools.get('docs__a')
  fake.lists = { ...fake.lists, tools: [tool('a'), tool('c')] }
  fake.tell({ kind: 'tools' })
  await until(() => heard.length > 0, 'the announcement')
  t.strictSame(heard, ['tools'])
  t.strictSame([...registry.tools.keys()], ['docs__a', 'docs__c'])
  t.equal(registry.tools.get('docs__a'), kept, 'what has not changed is the same')
  const listings = fake.listings()
  fake.lists = { ...fake.lists, tools: [tool('c'), tool('a')] }
  fake.tell({ kind: 'connected' })
  await until(() => fake.listings() > listings, 'the next listing')
  t.strictSame([...registry.tools.keys()], ['docs__a', 'docs__c'])
})

t.test('a storm of announcements costs few listings', async (t) => {
  const fake = createFakeUpstream()
  fake.lists.tools = [tool('a')]
  const { source } = await mount(fake)
  t.teardown(() => source.close())
  const before = fake.listings()
  for (let index = 0; index < 10_000; index++) fake.tell({ kind: 'tools' })
  fake.lists.tools = [tool('b')]
  await until(() => source.tools[0]?.name === 'docs__b', 'the last change')
  t.ok(fake.listings() - before <= 2, `${fake.listings() - before} listings`)
})

t.test('a server that changes without end is listed less and less often', async (t) => {
  const pauses: number[] = []
  const enough = new Promise<void>((resolve) => {
    const follower = createFollower(
      async () => follower.follow(),
      async (waitMs) => {
        if (pauses.push(waitMs) === 20) follower.stop()
        if (pauses.length === 20) resolve()
      }
    )
    follower.follow()
  })
  await enough
  t.strictSame(new Set(pauses.slice(0, 8)), new Set([250]), 'some changes in a row are served')
  for (const waitMs of pauses.slice(14)) t.ok(waitMs >= 2500, `${waitMs} ms`)
  t.ok(Math.max(...pauses) <= 5000)
})

t.test('globs say what of a server is served; exclude wins', async (t) => {
  const fake = createFakeUpstream()
  fake.lists = {
    tools: [tool('read_file'), tool('read_secret'), tool('write_file')],
    prompts: [{ name: 'read_aloud' }, { name: 'ask' }],
    resources: [
      { uri: 'read://a', name: 'a' },
      { uri: 'file:///b', name: 'b' }
    ]
  }
  const { source, names } = await mount(fake, { include: ['read*'], exclude: ['*secret*'] })
  t.teardown(() => source.close())
  t.strictSame(names(), ['docs__read_file'])
  t.strictSame(
    source.prompts?.map(({ name }) => name),
    ['docs__read_aloud']
  )
  const registry = createRegistry([source])
  t.ok(registry.findResource('mcp://docs/read://a'))
  t.ok(registry.findResource('mcp://docs/read://unlisted'))
  for (const uri of ['file:///b', 'read://secret']) {
    t.equal(registry.findResource(`mcp://docs/${uri}`), undefined, uri)
  }
})

t.test('resources of two servers have URIs of their own, and go to the right one', async (t) => {
  const fakes = ['one', 'two'].map((name) => createFakeUpstream(name))
  for (const fake of fakes) {
    fake.lists = {
      resources: [{ uri: 'file:///a?b#c', name: 'a' }],
      templates: [{ uriTemplate: 'file:///{+path}', name: 'any' }]
    }
    fake.answer = ({ params: { uri } }) => ({
      contents: [{ uri, text: `${fake.connection.name} has ${uri}` }]
    })
  }
  const sources = await Promise.all(fakes.map(async (fake) => (await mount(fake)).source))
  t.teardown(() => Promise.all(sources.map((source) => source.close())))
  const registry = createRegistry(sources)
  const { resources, resourceTemplates } = registry.view(everybody).lists
  t.strictSame(
    resources.map(({ uri }) => uri),
    ['mcp://one/file:///a?b#c', 'mcp://two/file:///a?b#c']
  )
  t.ok(resourceTemplates.some(({ uriTemplate }) => uriTemplate === 'mcp://two/file:///{+path}'))
  for (const uri of ['file:///a?b#c', 'file:///deep/er/x', 'unlisted:x']) {
    for (const name of ['one', 'two']) {
      const found = registry.findResource(`mcp://${name}/${uri}`)
      const read = await found?.definition.read(`mcp://${name}/${uri}`, new Map(), contextOf())
      t.strictSame(read, {
        contents: [{ uri: `mcp://${name}/${uri}`, text: `${name} has ${uri}` }]
      })
    }
  }
  t.equal(registry.findResource('mcp://three/file:///a'), undefined)
})

t.test('resources are served as far as resources.allow says', async (t) => {
  const fake = createFakeUpstream()
  fake.lists = {
    resources: [
      { uri: 'file:///open/a', name: 'a' },
      { uri: 'file:///closed/b', name: 'b' }
    ]
  }
  const allowed = (uri: string) => uri.startsWith('mcp://docs/file:///open/')
  const { source, lines } = await mount(fake, { allowsResource: allowed })
  t.teardown(() => source.close())
  t.strictSame(
    source.resources?.map(({ uri }) => uri),
    ['mcp://docs/file:///open/a']
  )
  t.match(lines.join(), /resources\.allow.*mcp:\/\/docs\/\*/)
})

t.test('links in answers lead through us', async (t) => {
  const fake = createFakeUpstream()
  fake.lists = { tools: [tool('find')], prompts: [{ name: 'ask' }] }
  const { source, call } = await mount(fake)
  t.teardown(() => source.close())
  const resource = { uri: 'file:///a', text: 'a' }
  fake.answer = () => ({
    content: [
      { type: 'resource_link', uri: 'file:///a', name: 'a' },
      { type: 'resource', resource }
    ],
    messages: [{ role: 'user', content: { type: 'resource', resource } }]
  })
  const uri = 'mcp://docs/file:///a'
  t.strictSame(await call('docs__find'), {
    content: [
      { type: 'resource_link', uri, name: 'a' },
      { type: 'resource', resource: { uri, text: 'a' } }
    ]
  })
  const [prompt] = source.prompts ?? []
  t.match(await prompt?.get(new Map(), contextOf()), {
    messages: [{ content: { resource: { uri } } }]
  })
})

t.test('an error of the server has a category, its code, and none of its words', async (t) => {
  const secret = 'postgres://admin:hunter2@10.0.0.7/prod'
  const fake = createFakeUpstream()
  fake.lists = { tools: [tool('find'), tool('count', { annotations: { readOnlyHint: true } })] }
  const { source, call, lines } = await mount(fake)
  t.teardown(() => source.close())
  const rows: readonly [ConstructorParameters<typeof UpstreamError>, RegExp][] = [
    [['protocol', 'docs', { rpc: { code: -32000, message: secret, data: { secret } } }], /-32000/],
    [['authentication', 'docs', { cause: new Error(secret) }], /tell the operator/],
    [['connection', 'docs', { wasSent: true }], /Outcome unknown/],
    [['timeout', 'docs', { wasSent: true }], /Outcome unknown/],
    [['connection', 'docs'], /Retry/]
  ]
  for (const [failure, words] of rows) {
    fake.answer = () => {
      throw new UpstreamError(...failure)
    }
    const answer = await call('docs__find')
    t.match(textOf(answer), words)
    t.match(answer, { isError: true, _meta: { 'portcullis/upstream': { error: failure[0] } } })
    t.notMatch(JSON.stringify(answer), /hunter2|10\.0\.0\.7|undefined/)
    t.notMatch(textOf(await call('docs__count')), /Outcome unknown/)
  }
  t.notMatch(lines.join(), /hunter2/)
  fake.answer = () => {
    throw new Error(secret)
  }
  await t.rejects(
    call('docs__find') as Promise<unknown>,
    { message: secret },
    'a fault of ours stays one'
  )
})

t.test('a resource or prompt that the server does not know is unknown', async (t) => {
  const fake = createFakeUpstream()
  fake.lists = { prompts: [{ name: 'ask' }], resources: [{ uri: 'a:b', name: 'b' }] }
  const { source } = await mount(fake)
  t.teardown(() => source.close())
  for (const code of [-32602, -32002]) {
    fake.answer = () => {
      throw new UpstreamError('protocol', 'docs', { rpc: { code, message: 'no file /srv/x' } })
    }
    const reading = source.resources?.[0]?.read('mcp://docs/a:b', new Map(), contextOf())
    const getting = source.prompts?.[0]?.get(new Map(), contextOf())
    await t.rejects(Promise.resolve(reading), new Refusal('unknown_resource'))
    await t.rejects(Promise.resolve(getting), new Refusal('unknown_prompt'))
  }
})

t.test('suggestions come from the server', async (t) => {
  const fake = createFakeUpstream()
  fake.lists = {
    prompts: [{ name: 'ask', arguments: [{ name: 'city', required: true }] }],
    templates: [{ uriTemplate: 'city://{city}', name: 'city' }]
  }
  fake.answer = () => ({
    completion: {
      values: ['x'.repeat(1e6), ...Array.from({ length: 150 }, (_, index) => `v${index}`), 7],
      hasMore: false
    }
  })
  const { source } = await mount(fake)
  t.teardown(() => source.close())
  const argument = { name: 'city', value: 'O', context: { arguments: { country: 'NO' } } }
  const fromPrompt = await source.prompts?.[0]?.suggest?.(argument, contextOf())
  t.equal(fromPrompt?.values.length, 100)
  t.equal(fromPrompt?.values[0], 'v0', 'a value nobody could choose is left out')
  t.equal(fromPrompt?.hasMore, true)
  t.strictSame(fake.seen.at(-1)?.params, {
    ref: { type: 'ref/prompt', name: 'ask' },
    argument: { name: 'city', value: 'O' },
    context: { arguments: { country: 'NO' } }
  })
  const template = source.resources?.find(({ uri }) => uri.includes('{city}'))
  await template?.suggest?.(argument, contextOf())
  t.match(fake.seen.at(-1)?.params, { ref: { type: 'ref/resource', uri: 'city://{city}' } })
})

t.test('who subscribes to a resource hears of its changes', async (t) => {
  const fake = createFakeUpstream()
  fake.lists.resources = [{ uri: 'file:///a', name: 'a' }]
  const { source } = await mount(fake)
  t.teardown(() => source.close())
  const changes = createChanges()
  const heard: ChangeEvent[] = []
  changes.subscribe((event) => heard.push(event))
  const registry = createRegistry([source], { changes })
  for (const uri of ['mcp://docs/file:///a', 'mcp://docs/file:///unlisted']) {
    registry.findResource(uri)?.definition.watch?.(uri)
  }
  t.strictSame([...fake.watched], ['file:///a', 'file:///unlisted'])
  fake.tell({ kind: 'resource', uri: 'file:///a' })
  t.strictSame(heard, [{ kind: 'resource', uri: 'mcp://docs/file:///a' }])
  for (let index = 0; index < 1000; index++) {
    const uri = `mcp://docs/file:///${index}`
    registry.findResource(uri)?.definition.watch?.(uri)
  }
  t.equal(fake.watched.size, 500, 'the first give way')
  t.ok(fake.watched.has('file:///999'))
})

t.test(
  'a flood of announced changes reaches nobody who did not ask, and those who did once',
  async (t) => {
    const fake = createFakeUpstream()
    const { source } = await mount(fake)
    t.teardown(() => source.close())
    const changes = createChanges()
    const heard: ChangeEvent[] = []
    changes.subscribe((event) => heard.push(event))
    const registry = createRegistry([source], { changes })
    const uri = 'mcp://docs/file:///a'
    fake.lists.resources = [{ uri: 'file:///a', name: 'a' }]
    fake.tell({ kind: 'resources' })
    await until(() => registry.findResource(uri) !== undefined, 'the list')
    registry.findResource(uri)?.definition.watch?.(uri)
    heard.length = 0
    for (let index = 0; index < 10_000; index++) {
      fake.tell({ kind: 'resource', uri: 'file:///a' })
      fake.tell({ kind: 'resource', uri: `file:///of-nobody-${index}` })
    }
    t.equal(heard.length, 1)
    await until(() => heard.length === 2, 'the last change')
    t.strictSame(new Set(heard.map((event) => 'uri' in event && event.uri)), new Set([uri]))
  }
)

t.test('a list that cannot be read stays as it was and costs no other', async (t) => {
  const fake = createFakeUpstream()
  fake.lists = { tools: [tool('a')], prompts: [{ name: 'ask' }] }
  const { source, lines } = await mount(fake)
  t.teardown(() => source.close())
  fake.lists = {
    tools: [tool('b')],
    get prompts(): never {
      throw new UpstreamError('protocol', 'docs', { rpc: { code: -32603, message: 'broken' } })
    }
  }
  fake.tell({ kind: 'tools' })
  await until(() => source.tools[0]?.name === 'docs__b', 'the new list of tools')
  t.strictSame(
    source.prompts?.map(({ name }) => name),
    ['docs__ask']
  )
  t.match(lines.join(), /a list of an upstream server cannot be read.*"list":"prompts"/)
})
