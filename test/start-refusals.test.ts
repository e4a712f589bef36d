import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fixture, isOneLine, run } from './helpers/executable.ts'
import { quiet } from './helpers/json-rpc.ts'
import { openPort } from './helpers/open-port.ts'

const token = 'Wq3vX8rT1mZ6kB9nL4yD7cF2hJ5pS0gA'

/** Starts what cannot work: exit 2 and one line that names the setting. */
async function refuse(
  t: Test,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  part: string
): Promise<void> {
  const ended = await run(args, env)
  t.equal(ended.code, 2)
  t.ok(isOneLine(ended), ended.stderr)
  t.match(ended.stderr, part)
}

t.test('a module that is none stops the start', async (t) => {
  const modules = {
    'no-tools.mjs': 'export const nothing = 1\n',
    'odd-tools.mjs': 'export const tools = [{ name: "a" }]\n',
    'broken.mjs': 'export const tools = [\n',
    'throws.mjs': 'throw new Error("not today\\nnor tomorrow")\n'
  }
  const folder = t.testdir(modules)
  for (const name of [...Object.keys(modules), 'missing.mjs']) {
    const file = join(folder, name)
    await refuse(t, ['--module', file], {}, `modules (--module ${file})`)
  }
})

t.test('a tool whose name no client would take stops the start', async (t) => {
  const args = ['--module', fixture('misnamed-tools')]
  await refuse(t, args, {}, 'what is this?')
})

t.test('two tools of one name do not stop the start', async (t) => {
  const args = ['tools', 'list', '--json', '--module', fixture('clashing-tools')]
  const ended = await run(args, quiet)
  t.equal(ended.code, 0, ended.stderr)
  const names: string[] = JSON.parse(ended.stdout || '[]').map(
    (tool: { name: string }) => tool.name
  )
  t.equal(new Set(names).size, names.length)
  t.equal(names.filter((name) => /^calculate_future_value(_\w+)?$/.test(name)).length, 2)
})

t.test('a module’s path may hold a comma', async (t) => {
  const folder = t.testdir({ 'a,b.mjs': 'export const tools = []\n' })
  const { code, stderr } = await run(['tools', 'list', '--module', join(folder, 'a,b.mjs')])
  t.equal(code, 0, stderr)
})

t.test('a toolset that nobody knows stops the start', async (t) => {
  await refuse(t, ['--toolsets', 'financ'], {}, 'did you mean finance')
})

t.test('an audit file that cannot be opened stops the start', async (t) => {
  const env = { MCP_AUDIT_FILE: join(t.testdir({}), 'missing', 'audit.jsonl') }
  await refuse(t, [], env, 'audit.file (MCP_AUDIT_FILE)')
})

t.test('a token file that cannot be read stops the start', async (t) => {
  const env = { MCP_AUTH_TOKEN_FILE: join(t.testdir({}), 'missing') }
  await refuse(t, ['--http'], env, 'auth.tokenFile (MCP_AUTH_TOKEN_FILE)')
})

t.test('a network that is none stops the start', async (t) => {
  const env = { MCP_AUTH_TOKEN: token, MCP_TRUST_PROXY: '10.0.0.0/33' }
  await refuse(t, ['--http'], env, 'http.trustProxy (MCP_TRUST_PROXY)')
})

t.test('a Redis address that is none stops the start', async (t) => {
  const env = { MCP_AUTH_TOKEN: token, REDIS_URL: 'http://user:secret-word@127.0.0.1' }
  await refuse(t, ['--http'], env, 'limits.redisUrl (REDIS_URL)')
  t.notMatch((await run(['--http'], env)).stderr, 'secret-word')
})

t.test('a rate for a tool that nobody has stops the start', async (t) => {
  const limits = (name: string) => ({ tools: { [name]: { perMinute: 1, burst: 1 } } })
  const folder = t.testdir({
    'wrong.json': JSON.stringify({ limits: limits('calculate_npw') }),
    'right.json': JSON.stringify({ limits: limits('calculate_npv') })
  })
  const wrong = ['--config', join(folder, 'wrong.json')]
  await refuse(
    t,
    wrong,
    {},
    'limits.tools: nothing is called calculate_npw; did you mean calculate_npv'
  )
  const right = ['--config', join(folder, 'right.json'), '--toolsets', 'finance.debt']
  t.equal((await run(right, quiet)).code, 0, 'one that exists and is not served is no mistake')
})

t.test('a port that is taken is told without a stack', async (t) => {
  const server = createServer()
  const port = await openPort(server)
  t.teardown(() => server.close())
  const ended = await run(['--http', String(port)], { ...quiet, MCP_AUTH_TOKEN: token })
  t.ok(ended.code === 1 || ended.code === 2)
  t.ok(isOneLine(ended), ended.stderr)
  t.match(ended.stderr, String(port))
})

t.test('a secret within apis is not printed', async (t) => {
  const file = join(
    t.testdir({
      'a.json': JSON.stringify({
        apis: [
          {
            name: 'a',
            openapi: 'a.yaml',
            credential: { mode: 'service', scheme: 'bearer', token: 'canary-of-an-api' }
          }
        ]
      })
    }),
    'a.json'
  )
  const { code, stdout } = await run(['--config', file, '--print-config'])
  t.equal(code, 0)
  t.match(stdout, /"token":"set"/)
  t.notMatch(stdout, /canary/)
})

t.test('two APIs of one name, or two schedules, stop the start', async (t) => {
  const folder = t.testdir({
    'a.json': JSON.stringify({ apis: [1, 2].map(() => ({ name: 'a', openapi: 'a.yaml' })) })
  })
  await refuse(t, ['--config', join(folder, 'a.json')], {}, 'apis: two are called a')
  await refuse(t, ['--demo'], { API_BASE_URL: 'http://127.0.0.1:1' }, 'both mount shiftwork')
})
