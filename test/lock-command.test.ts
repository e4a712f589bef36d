import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readToolsLock } from '../src/lock/tools-lock.ts'
import { isOneLine, run, start } from './helpers/executable.ts'
import { speak } from './helpers/json-rpc.ts'
import { call, initialize, request } from './helpers/messages.ts'
import { documentOf, getOf } from './helpers/openapi.ts'

/* `lock diff`, `lock approve` and servers, as processes, over a document that changes. */

t.setTimeout(120_000)

const idParameter = (type: string) => [{ name: 'id', in: 'path', required: true, schema: { type } }]

/** The document as it was, and as it is later: one tool changed, one gone, two new. */
const before = documentOf({
  '/orders/{id}': { get: getOf('getOrder', undefined, { parameters: idParameter('string') }) },
  '/people': { get: getOf('listPeople') },
  '/rooms': { get: getOf('listRooms') }
})
const after = documentOf({
  '/rooms': { get: getOf('listRooms') },
  '/desks': { get: getOf('listDesks') },
  '/plans': { get: getOf('listPlans', undefined, { summary: 'Plans\u{e0041}\u202e' }) },
  '/orders/{id}': { get: getOf('getOrder', undefined, { parameters: idParameter('integer') }) }
})

/** A folder with `api.json`, which is replaced by `later.json`; commands run in it. */
function prepare(t: Test, files: Readonly<Record<string, string>> = {}) {
  const folder = t.testdir({
    'api.json': JSON.stringify(before),
    'later.json': JSON.stringify(after),
    ...files
  })
  const path = (name: string): string => join(folder, name)
  const flags = ['--openapi', 'api.json', '--api-base-url', 'http://127.0.0.1:9']
  const env = { MCP_RATE_LIMIT_ENABLED: 'false', MCP_LOG_LEVEL: 'warn' }
  const lock = (...words: readonly string[]) => run(['lock', ...words, ...flags], env, '', folder)
  const change = () => copyFileSync(path('later.json'), path('api.json'))
  const serve = () => {
    const running = start(flags, env, folder)
    t.teardown(() => running.child.kill('SIGKILL'))
    return speak(running)
  }
  return { folder, path, flags, env, lock, change, serve }
}

const served = (answer: Readonly<Record<string, unknown>> | undefined): readonly string[] =>
  ((answer?.tools ?? []) as readonly { readonly name: string }[])
    .map(({ name }) => name)
    .filter((name) => /order|people|rooms|desks|plans/.test(name))

t.test('from the first approval over a change to the next, under a running server', async (t) => {
  const { path, lock, change, serve } = prepare(t)
  const first = await lock('approve')
  t.equal(first.code, 0, first.stderr)
  t.match(first.stdout, 'Approved in tools.lock: 3 added.')
  t.equal(statSync(path('tools.lock')).mode & 0o777, 0o644 & ~process.umask())
  const approved = readToolsLock(path('tools.lock'))
  change()
  const server = serve()
  server.send(initialize(0), { jsonrpc: '2.0', method: 'notifications/initialized' })
  server.send(request('tools/list'), call('get_order', { id: 1 }, 2), call('nothing', {}, 3))
  t.strictSame(served((await server.answer(1)).result), ['list_rooms'])
  const [hidden, unknown] = [await server.answer(2), await server.answer(3)]
  t.strictSame(hidden.error, unknown.error)
  t.match(unknown.error, { code: -32602 })
  const drift = await server.stderr.until(/\{[^\n]*"TOOL_DRIFT"[^\n]*"tool":"get_order"[^\n]*\}/)
  t.match(JSON.parse(drift[0]), {
    reason: 'changed',
    source: 'api',
    oldDigest: approved.get('get_order')?.sha256
  })
  await server.stderr.until(/"changed":1,"added":2,"msg":"tools are withheld until approved/)

  const both = await Promise.all([lock('approve', 'get_order'), lock('approve', 'list_d*')])
  t.strictSame(
    both.map(({ code }) => code),
    [0, 0]
  )
  t.strictSame(
    [...readToolsLock(path('tools.lock')).keys()],
    ['get_order', 'list_desks', 'list_people', 'list_rooms']
  )
  t.strictSame(readdirSync(path('.')).sort(), ['api.json', 'later.json', 'tools.lock'])
  const has = (id: number): Promise<boolean> => {
    server.send(request('tools/list', {}, id))
    return server.answer(id).then(({ result }) => served(result).length === 3)
  }
  await server.stdout.until(/"notifications\/tools\/list_changed"/)
  for (let id = 10; !(await has(id)); id++);

  const left = await lock('diff', '--json')
  t.equal(left.code, 1)
  t.match(left.stdout, String.raw`"after": "\"Plans`, 'what cannot be seen is written out')
  t.notMatch(left.stdout, /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u)
  t.match(JSON.parse(left.stdout), {
    differences: [
      { name: 'list_people', drift: 'removed', source: 'api', oldDigest: /^[0-9a-f]{64}$/ },
      { name: 'list_plans', drift: 'added', source: 'api', newDigest: /^[0-9a-f]{64}$/ }
    ],
    notCompared: []
  })
})

t.test('the lock stands beside the configuration file, which alone decides', async (t) => {
  const { folder, path, env } = prepare(t)
  const file = JSON.stringify({
    apis: [{ name: 'shop', openapi: path('api.json'), baseUrl: 'http://127.0.0.1:9' }]
  })
  mkdirSync(path('conf'))
  writeFileSync(path('conf/portcullis.json'), file)
  writeFileSync(path('tools.lock'), 'of somebody else')
  const words = ['--config', 'conf/portcullis.json', '--toolsets', 'shop', '--tools', 'get_order']
  const approve = await run(['lock', 'approve', ...words], env, '', folder)
  t.equal(approve.code, 0, approve.stderr)
  t.match(approve.stdout, 'Approved in conf/tools.lock: 3 added.')
  t.equal(readFileSync(path('tools.lock'), 'utf8'), 'of somebody else')
  const narrow = ['--config', 'conf/portcullis.json', '--tools', 'get_order']
  const [chosen, elsewhere] = await Promise.all([
    run(['lock', 'diff', ...narrow], env, '', folder),
    run(['tools', 'list', ...words], { ...env, MCP_TOOLS_LOCK: 'conf/tools.lock' }, '', folder)
  ])
  t.equal(chosen.code, 0, 'what is not chosen is not gone')
  t.equal(elsewhere.code, 0, elsewhere.stderr)
})

t.test('what cannot be trusted or understood stops with one line', async (t) => {
  const { folder, path, flags, env, lock } = prepare(t)
  const damaged = '{"version":1,"tools":['
  writeFileSync(path('tools.lock'), damaged)
  const named = { ...env, MCP_TOOLS_LOCK: 'missing.lock' }
  const [serve, diff, approve, missing, verb, nothing] = await Promise.all([
    run(flags, env, '', folder),
    lock('diff'),
    lock('approve'),
    run(flags, named, '', folder),
    lock('forget'),
    run(['lock', 'diff'], env, '', folder)
  ])
  for (const ended of [serve, diff, approve]) {
    t.equal(ended.code, 2)
    t.ok(isOneLine(ended), ended.stderr)
    t.match(ended.stderr, 'lock.file (MCP_TOOLS_LOCK) tools.lock: is no sound tools.lock')
  }
  t.equal(readFileSync(path('tools.lock'), 'utf8'), damaged)
  t.equal(missing.code, 2)
  t.ok(isOneLine(missing), missing.stderr)
  t.match(missing.stderr, 'missing.lock: is missing; mcp-server lock approve makes it')
  t.match([verb.code, verb.stderr], [2, /lock: use lock diff/])
  t.match([nothing.code, nothing.stderr], [2, /no API and no MCP server is mounted/])
})

t.test('a name that nothing has approves nothing, and the nearest is named', async (t) => {
  const { path, lock } = prepare(t)
  const ended = await lock('approve', 'list_rooms', 'get_ordr')
  t.equal(ended.code, 2)
  t.match(ended.stderr, 'lock approve: no tool is called get_ordr; did you mean get_order?')
  t.notOk(readdirSync(path('.')).includes('tools.lock'))
})
