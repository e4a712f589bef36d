import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { isMistypedKey } from '../src/identity/api-key.ts'
import { isOneLine, run } from './helpers/executable.ts'
import { send } from './helpers/http.ts'
import { quiet } from './helpers/json-rpc.ts'
import { bearerHeaders, request } from './helpers/messages.ts'
import { serve } from './helpers/serve.ts'

/* `keys create|list|revoke` from outside, and a server that follows what they do. */

function store(t: Test) {
  const file = join(t.testdir({}), 'keys.json')
  const keys = (...words: readonly string[]) => run(['keys', ...words], { MCP_KEYS_FILE: file })
  return { file, keys }
}

t.test('create prints the key once, alone on stdout, and keeps its digest', async (t) => {
  const { file, keys } = store(t)
  const args = ['--name', 'ci', '--scopes', 'a.read, b.read', '--tools', 'get_*,list_*']
  const { code, stdout, stderr } = await keys('create', ...args, '--expires', '2999-12-31')
  t.equal(code, 0, stderr)
  const key = stdout.trim()
  t.match(stdout, /^pcl_[0-9A-Za-z]{49}\n$/)
  t.notOk(isMistypedKey(key))
  t.notMatch(stderr, key)
  t.notMatch(readFileSync(file, 'utf8'), key.slice(4))
  const listed = await keys('list', '--json')
  t.notMatch(listed.stdout, key.slice(4))
  t.match(JSON.parse(listed.stdout), [
    {
      name: 'ci',
      id: /^[0-9a-f]{8}$/,
      scopes: ['a.read', 'b.read'],
      tools: ['get_*', 'list_*'],
      expires: '3000-01-01T00:00:00.000Z'
    }
  ])
  const table = (await keys('list')).stdout
  t.match(table, /^NAME +ID +SCOPES +TOOLS +CREATED +EXPIRES +LAST USED\n/)
  t.match(
    table,
    /\nci +[0-9a-f]{8} +a\.read,b\.read +get_\*,list_\* +\S{10} +3000-01-01 00:00 +never\n$/
  )
})

t.test('two keys of one name overlap; then only an id says which', async (t) => {
  const { keys } = store(t)
  await keys('create', '--name', 'ci')
  await keys('create', '--name', 'ci')
  const ambiguous = await keys('revoke', 'ci')
  t.equal(ambiguous.code, 2)
  t.ok(isOneLine(ambiguous))
  const ids = [...ambiguous.stderr.matchAll(/\b([0-9a-f]{8}) \(created/g)].map(([, id]) => id)
  t.equal(ids.length, 2)
  t.equal((await keys('revoke', String(ids[0]))).code, 0)
  const left = JSON.parse((await keys('list', '--json')).stdout)
  t.match(left, [{ name: 'ci', id: ids[1] }])
  t.equal(left.length, 1)
  t.equal((await keys('revoke', 'ci')).code, 0)
  t.strictSame(JSON.parse((await keys('list', '--json')).stdout), [])
})

t.test('wrong words get one line and exit 2', async (t) => {
  const { file, keys } = store(t)
  await keys('create', '--name', 'alice')
  const before = readFileSync(file, 'utf8')
  const rows: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /keys: use/],
    [['rename'], /keys: use/],
    [['create'], /--name/],
    [['create', '--name', 'a b'], /--name/],
    [['create', '--name', 'env'], /reserved/],
    [['create', '--name', 'key-7'], /reserved/],
    [['create', '--name', 'a', '--expires', '2999-02-30'], /--expires/],
    [['create', '--name', 'a', '--expires', '2001-01-01'], /--expires/],
    [['create', '--name', 'a', '--expires', 'tomorrow'], /--expires/],
    [['create', '--name', 'a', '--scopes', 'a"b'], /--scopes/],
    [['create', '--name', 'a', '--scopes', ''], /--scopes/],
    [['create', '--name', 'a', '--tools', 'get.*'], /--tools/],
    [['revoke'], /keys: use/],
    [['revoke', 'alise'], /alise; did you mean alice\?/],
    [['revoke', 'nobody-at-all'], /no key is called nobody-at-all\n/],
    [['revoke', 'alice', 'bob'], /keys: use/]
  ]
  for (const [words, pattern] of rows) {
    const ended = await keys(...words)
    t.equal(ended.code, 2, words.join(' '))
    t.ok(isOneLine(ended), ended.stderr)
    t.match(ended.stderr, pattern)
  }
  t.equal(readFileSync(file, 'utf8'), before)
})

t.test('a store that cannot be trusted stops list and server alike', async (t) => {
  const { file, keys } = store(t)
  await keys('create', '--name', 'a')
  const pattern = /auth\.keyStore \(MCP_KEYS_FILE\) .*keys\.json: group or world has access/
  chmodSync(file, 0o644)
  for (const ended of [
    await keys('list'),
    await run(['--http', '--port', '0'], { MCP_KEYS_FILE: file })
  ]) {
    t.equal(ended.code, 2)
    t.ok(isOneLine(ended), ended.stderr)
    t.match(ended.stderr, pattern)
  }
})

t.test('a running server takes a new key and drops a revoked one', async (t) => {
  const { file, keys } = store(t)
  const first = (await keys('create', '--name', 'first')).stdout.trim()
  const { running, url } = await serve(t, ['--http'], { ...quiet, MCP_KEYS_FILE: file })
  const statusOf = async (key: string) =>
    (await send(url, { headers: bearerHeaders(key), body: request('tools/list') })).status
  t.equal(await statusOf(first), 200)
  t.notMatch(running.stderr.text, /Key for this run/, 'a stored key is a credential')

  const second = (await keys('create', '--name', 'second')).stdout.trim()
  await running.stderr.until(/key store read again/)
  t.equal(await statusOf(second), 200)
  t.equal(await statusOf(first), 200, 'both count')
  await keys('revoke', 'first')
  await running.stderr.until(/key store read again[\s\S]*key store read again/)
  t.equal(await statusOf(first), 401)
  t.equal(await statusOf(second), 200)

  running.child.kill('SIGTERM')
  await running.ended
  const listed = JSON.parse((await keys('list', '--json')).stdout)
  t.match(listed, [{ name: 'second', lastUsed: /^\d{4}-\d{2}-\d{2}$/ }])
})
