import t from 'tap'
import { type ChangeEvent, createChanges } from '../src/changes.ts'
import { createLog } from '../src/log.ts'
import { shareChanges } from '../src/redis-changes.ts'
import { type App, startApp } from './helpers/app.ts'
import { openSessionId } from './helpers/carriers.ts'
import { fixture, spawnNode } from './helpers/executable.ts'
import { type EventStream, openStream } from './helpers/http.ts'
import { authHeaders, legacy, modernHeaders, modernRequest } from './helpers/messages.ts'
import { createRedis, type RedisServerOptions, withoutRedis } from './helpers/redis.ts'
import { serve } from './helpers/serve.ts'
import { openEventStream } from './helpers/streams.ts'
import { until } from './helpers/until.ts'

/* Changes that one instance announces reach the clients of the others, by a real Redis. */

const skip = withoutRedis
type T = { teardown(end: () => unknown): void }
type Timing = Parameters<typeof shareChanges>[3]

const channel = 'portcullis:changes:0'
const uri = 'docs://about'
const tools = { kind: 'tools' } as const
const prompts = { kind: 'prompts' } as const
const resources = { kind: 'resources' } as const
const updated = { kind: 'resource', uri } as const

async function startRedis(t: T, options: RedisServerOptions = {}) {
  const redis = await createRedis(options)
  t.teardown(redis.close)
  await redis.start()
  return redis
}

/** One instance: what it hears, and its log. */
async function share(t: T, url: string, changes = createChanges(), timing: Timing = {}) {
  const lines: string[] = []
  const log = createLog({ level: 'info', redact: true }, { write: (line) => lines.push(line) > 0 })
  const heard: ChangeEvent[] = []
  changes.subscribe((event) => heard.push(event))
  const shared = await shareChanges(url, changes, log, timing)
  t.teardown(shared.close)
  return { changes, heard, lines, count: (text: string) => lines.join('').split(text).length - 1 }
}

type Instance = Awaited<ReturnType<typeof share>>

/** Resolves once everything that was published before was heard. */
async function settle(from: Instance, to: Instance): Promise<void> {
  const mark = `docs://mark/${Math.random()}`
  const findMark = ({ heard }: Instance) =>
    heard.findIndex((event) => event.kind === 'resource' && event.uri === mark)
  from.changes.publish({ kind: 'resource', uri: mark })
  await until(() => findMark(to) !== -1, 'the mark')
  for (const each of new Set([from, to])) each.heard.splice(findMark(each), 1)
}

async function listenTo(app: App): Promise<readonly EventStream[]> {
  const sessionId = await openSessionId({ app, key: 'full' })
  const session = { 'mcp-protocol-version': legacy, 'mcp-session-id': sessionId }
  const stream = await openStream(app.url, {
    method: 'GET',
    headers: { ...authHeaders(), ...session, accept: 'text/event-stream' }
  })
  const notifications = { toolsListChanged: true, resourceSubscriptions: [uri] }
  const wish = modernRequest('subscriptions/listen', { notifications })
  const listen = await openStream(app.url, { headers: modernHeaders(wish), body: wish })
  await listen.find(({ method }) => method === 'notifications/subscriptions/acknowledged')
  return [stream, listen]
}

t.test('clients of both eras hear what another instance announces, once', { skip }, async (t) => {
  const redis = await startRedis(t)
  const apps = [await startApp(), await startApp()] as const
  for (const app of apps) {
    t.teardown(() => app.close(0))
    await share(t, redis.url, app.changes)
  }
  const streams = [...(await listenTo(apps[0])), ...(await listenTo(apps[1]))]
  apps[0].changes.publish(tools)
  apps[0].changes.publish(tools)
  apps[0].changes.publish(updated)
  for (const [index, stream] of streams.entries()) {
    const methods = []
    // A session hears of resources that it has subscribed to only.
    for (const _ of index % 2 === 0 ? [1, 2] : [1, 2, 3]) {
      methods.push((await stream.next())?.message?.method)
    }
    const lists = ['notifications/tools/list_changed', 'notifications/tools/list_changed']
    const wanted = index % 2 === 0 ? lists : [...lists, 'notifications/resources/updated']
    t.strictSame(methods, wanted)
    stream.cut()
  }
})

t.test('the executable shares by REDIS_URL', { skip }, async (t) => {
  const redis = await startRedis(t)
  const token = 'a-token-of-more-than-32-characters-for-tests'
  const env = { REDIS_URL: redis.url, MCP_AUTH_TOKEN: token, MCP_RATE_LIMIT_ENABLED: 'false' }
  const { running, url } = await serve(t, ['--http'], env)
  const stream = await openEventStream(url, token)
  const other = await share(t, redis.url)
  other.changes.publish(tools)
  t.match((await stream.next())?.message, { method: 'notifications/tools/list_changed' })
  stream.cut()
  running.child.kill('SIGTERM')
  t.equal((await running.ended).code, 0, 'and it ends')
})

t.test('an event is heard once by each, its own instance included', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [one, other] = [await share(t, redis.url), await share(t, redis.url)]
  const events = [tools, updated, prompts, resources]
  for (const event of events) one.changes.publish(event)
  await settle(one, other)
  await settle(other, one)
  t.strictSame(one.heard, events)
  t.strictSame(other.heard, events)
  t.strictSame([...one.lines, ...other.lines], [])
})

t.test('a listener that throws keeps back nothing that comes after', { skip }, async (t) => {
  const redis = await startRedis(t)
  const one = await share(t, redis.url)
  const { child } = spawnNode([fixture('throwing-listener'), redis.url], {}, 'ignore')
  t.teardown(() => child.kill('SIGKILL'))
  await until(() => {
    // Again until the other one is there to hear it.
    one.changes.publish(tools)
    return one.heard.some(({ kind }) => kind === 'prompts')
  }, 'the news of the other')
})

t.test('databases of one Redis are strangers', { skip }, async (t) => {
  const redis = await startRedis(t)
  const [one, other] = [await share(t, redis.url), await share(t, `${redis.url}/3`)]
  const neighbour = await share(t, redis.url)
  one.changes.publish(tools)
  await settle(one, neighbour)
  await settle(other, other)
  t.strictSame(other.heard, [])
})

t.test(
  'nothing but a whole event of another instance is taken from the channel',
  { skip },
  async (t) => {
    const redis = await startRedis(t)
    const [one, other] = [await share(t, redis.url), await share(t, redis.url)]
    const from = '4e1a9c0c-7f5a-4d3e-9d0a-2f6a1c3b5d7e'
    const bad = [
      '',
      'null',
      '[]',
      '"tools"',
      '{',
      '{"kind":"tools"}',
      JSON.stringify({ from: 'me', kind: 'tools' }),
      JSON.stringify({ from, kind: 'constructor' }),
      JSON.stringify({ from, kind: 'resource' }),
      JSON.stringify({ from, kind: 'resource', uri: '' }),
      JSON.stringify({ from, kind: 'resource', uri: { toString: 'x' } }),
      JSON.stringify({ from, kind: 'tools', uri }),
      JSON.stringify({ from, kind: 'tools', more: 1 }),
      `{"from":"${from}","kind":"tools","__proto__":{"a":1}}`,
      JSON.stringify({ from, kind: 'resource', uri: `docs://${'x'.repeat(8192)}` }),
      '['.repeat(8000)
    ]
    for (const text of bad) t.equal(await redis.ask('PUBLISH', channel, text), 2, 'both are there')
    await redis.ask('PUBLISH', channel, JSON.stringify({ from, kind: 'tools' }))
    await settle(one, other)
    t.strictSame(other.heard, [tools])
    t.strictSame(other.lines, [])
  }
)

t.test('away at the start, killed, and back', { skip }, async (t) => {
  const redis = await createRedis()
  t.teardown(redis.close)
  const [one, other] = [await share(t, redis.url), await share(t, redis.url)]
  t.match(one.lines.join(''), /ECONNREFUSED.*Redis is away: changes/)
  const isBack = (times: number) => () =>
    [one, other].every(({ count }) => count('Redis is back') === times)
  for (const outage of [1, 2]) {
    one.changes.publish(tools)
    one.changes.publish(updated)
    t.strictSame(one.heard.splice(0), [tools, updated], 'its own clients hear')
    t.strictSame(other.heard.splice(0), [], 'the others do not')
    await redis.start()
    await until(isBack(outage), 'back')
    await until(() => other.heard.some(({ kind }) => kind === 'resource'), 'what was not sent')
    for (const { heard } of [one, other]) {
      const kinds = new Set(heard.splice(0).map(({ kind }) => kind))
      for (const list of [tools, prompts, resources]) t.ok(kinds.has(list.kind), list.kind)
    }
    other.changes.publish(prompts)
    await settle(other, one)
    t.ok(one.heard.splice(0).length > 0, 'shared again')
    await settle(one, other)
    other.heard.splice(0)
    await redis.kill()
    await until(
      () => [one, other].every(({ count }) => count('Redis is away') === outage + 1),
      'away'
    )
  }
  t.equal(one.count('Redis is away'), 3, 'one line an outage')
})

t.test(
  'a Redis that hangs is done without, and told again when it answers',
  { skip },
  async (t) => {
    const redis = await startRedis(t)
    const timing = { timeoutMs: 200, probeMs: 100 }
    const one = await share(t, redis.url, createChanges(), timing)
    const other = await share(t, redis.url)
    redis.signal('SIGSTOP')
    one.changes.publish(updated)
    await until(() => one.count('Redis is away') > 0, 'away')
    t.match(one.lines.join(''), '"reason":"timeout"')
    redis.signal('SIGCONT')
    await until(() => one.count('Redis is back') > 0, 'back')
    await until(() => other.heard.some(({ kind }) => kind === 'resource'), 'what was not sent')
    other.changes.publish(updated)
    await until(
      () => one.heard.filter(({ kind }) => kind === 'resource').length > 1,
      'shared again'
    )
  }
)

t.test('a wrong password: one line, no secret in it', { skip }, async (t) => {
  const redis = await startRedis(t, { password: 'right-word' })
  const wrong = await share(t, redis.url.replace('//', '//:wrong-word@'))
  wrong.changes.publish(tools)
  t.strictSame(wrong.heard, [tools])
  t.equal(wrong.lines.length, 1)
  t.match(wrong.lines.join(''), /WRONGPASS|NOAUTH/)
  t.notMatch(wrong.lines.join(''), '-word')
})
