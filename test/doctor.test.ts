import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { checks } from '../bin/doctor/checks.ts'
import {
  answering,
  examine,
  makeFolder,
  normalise,
  type Place,
  prepare,
  type Setup,
  takeStock
} from './helpers/doctor-setup.ts'
import { brokenSetups } from './helpers/doctor-setups.ts'
import { isOneLine, run } from './helpers/executable.ts'
import { findFreePort } from './helpers/free-port.ts'
import { openPort } from './helpers/open-port.ts'
import { createRedis, withoutRedis } from './helpers/redis.ts'
import { serve } from './helpers/serve.ts'
import { goodKey, otherKey } from './helpers/strong-keys.ts'

// From dist/test, where this file runs.
const goldenFile = fileURLToPath(new URL('../../test/golden/doctor.txt', import.meta.url))
const secrets = [goodKey, otherKey, 'hunter2', 'changeme', 'your-secret-api-key', 'bobs-password']

/** The set-ups of the golden file by name. */
function readGolden(): ReadonlyMap<string, string> {
  const text = existsSync(goldenFile) ? readFileSync(goldenFile, 'utf8') : ''
  return new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const [name = '', ...lines] = section.split('\n')
        return [name, lines.join('\n').trim()]
      })
  )
}

t.test('broken set-ups: what is found, what mends it, and nothing is changed', async (t) => {
  const golden = readGolden()
  const found = new Map<string, string>()
  const parent = t.testdir()
  const place = (folder: string): Place => ({
    folder,
    async serve(server) {
      t.teardown(() => server.close())
      return openPort(server)
    }
  })
  for (const [index, [name, make]] of Object.entries(brokenSetups).entries()) {
    const folder = makeFolder(parent, String(index))
    const setup = typeof make === 'function' ? await make(place(folder)) : make
    prepare(setup, folder)
    const before = takeStock(folder)
    const { code, text } = await examine(setup, folder)
    t.strictSame(takeStock(folder), before, `${name}: nothing is changed`)
    for (const secret of secrets) t.notOk(text.includes(secret), `${name}: no secret is told`)
    found.set(name, `${normalise(text, folder)}\nexit ${code}`.trim())
    if (!process.env.UPDATE_GOLDEN) t.equal(found.get(name), golden.get(name), name)
  }
  if (process.env.UPDATE_GOLDEN) {
    const sections = [...found].map(([name, text]) => `## ${name}\n\n${text}\n`)
    writeFileSync(goldenFile, sections.join('\n'))
  }
  t.strictSame([...found.keys()], [...(process.env.UPDATE_GOLDEN ? found : golden).keys()])
  t.ok(found.size >= 20, `${found.size} set-ups`)
})

t.test('every check but those by hand is seen to fail or warn in some set-up', async (t) => {
  const text = readFileSync(goldenFile, 'utf8')
  for (const { id } of checks) {
    if (id.startsWith('hand.')) continue
    // These two need a disk that is full, and an address that nobody here has.
    if (['audit.space', 'api.encryption'].includes(id)) continue
    t.ok(new RegExp(`^(?:fail|warn) ${id}: `, 'm').test(text), id)
  }
})

t.test('an API over http beyond this machine', async (t) => {
  const check = checks.find(({ id }) => id === 'api.encryption')!
  const { config } = (await import('../src/config.ts')).loadConfig({
    flags: new Map(),
    env: { API_BASE_URL: 'http://api.internal', API_AUTH_TOKEN: goodKey }
  })
  const patient = { config, env: {}, warnings: [] } as unknown as Parameters<typeof check.run>[0]
  t.match(await check.run(patient), [{ status: 'warn', says: /its credential goes along/ }])
})

t.test('a set-up that is ready for production has no warning', async (t) => {
  const folder = t.testdir()
  const api = answering(404)
  const port = await openPort(api)
  t.teardown(() => api.close())
  const setup: Setup = {
    args: ['--http', '--config', join(folder, 'gate.yaml')],
    env: {
      MCP_ENV: 'production',
      MCP_HOST: '0.0.0.0',
      MCP_TRUST_PROXY: '192.0.2.1',
      MCP_ALLOWED_HOSTS: 'mcp.example.com',
      ALLOWED_ORIGINS: 'https://agents.example.com',
      MCP_AUTH_TOKEN_FILE: join(folder, 'tokens'),
      MCP_AUDIT_FILE: join(folder, 'audit.jsonl'),
      MCP_ALERT_WEBHOOK: 'https://hooks.example.com/portcullis',
      MCP_ALERT_SECRET: otherKey
    },
    files: {
      tokens: [`alice:${goodKey}\n`],
      'gate.yaml': [`api: { baseUrl: 'http://127.0.0.1:${port}' }\n`]
    }
  }
  prepare(setup, folder)
  const { code, text } = await examine(setup, folder)
  t.equal(normalise(text, folder), '')
  t.equal(code, 0)
})

/** An empty folder with what every set-up has. */
function prepared({ testdir }: Pick<typeof t, 'testdir'>): string {
  const folder = testdir({})
  prepare({}, folder)
  return folder
}

t.test('a server of ours on the port is no fault, whatever it is called', async (t) => {
  const env = { MCP_AUTH_TOKEN: goodKey, MCP_ALLOWED_HOSTS: 'mcp.example.com,localhost' }
  const { port } = await serve(t, ['--http'], env)
  const setup = { args: ['--http', String(port)], env: { ...env, MCP_PORT: '' } }
  const taken = await examine(setup, prepared(t))
  t.match(taken.text, /^pass +http\.port +\d+: Portcullis [\d.]+ answers there$/m)
})

t.test('a free port is told', async (t) => {
  const free = String(await findFreePort())
  const env = { MCP_AUTH_TOKEN: goodKey, MCP_PORT: '' }
  const { text } = await examine({ args: ['--http', free], env }, prepared(t))
  t.match(text, new RegExp(`^pass +http\\.port +${free} is free$`, 'm'))
})

t.test('Redis that answers passes', { skip: withoutRedis }, async (t) => {
  const redis = await createRedis({ password: otherKey })
  t.teardown(() => redis.close())
  await redis.start()
  const url = redis.url.replace('//', `//:${otherKey}@`)
  const { text } = await examine({ env: { REDIS_URL: url } }, prepared(t))
  t.match(text, /^pass +limits\.redisUrl +answers to PING$/m)
  const wrong = await examine({ env: { REDIS_URL: redis.url } }, prepared(t))
  t.match(wrong.text, /^fail +limits\.redisUrl +NOAUTH/m)
})

t.test(
  'the executable: exit 1 on a failure, JSON for programs, wrong usage is exit 2',
  async (t) => {
    const env = { MCP_HOST: '0.0.0.0', MCP_PORT: '0', MCP_AUTH_TOKEN: 'changeme' }
    const bad = await run(['doctor', '--http', '--json', '--config', '/missing/gate.yaml'], env)
    t.strictSame([bad.code, bad.stderr], [1, ''])
    const { counts, checks: rows } = JSON.parse(bad.stdout)
    t.equal(counts.fail, rows.filter(({ status }: { status: string }) => status === 'fail').length)
    t.match(rows[0], { id: 'config.loads', status: 'fail', says: /gate\.yaml/, mend: /--help/ })

    const good = await run(['doctor', '--http'], { MCP_PORT: '0', MCP_AUTH_TOKEN: 'changeme' })
    t.strictSame([good.code, good.stderr], [0, ''])
    t.match(good.stdout, /^warn +auth\.strength +MCP_AUTH_TOKEN is shorter than 32 characters$/m)
    t.match(good.stdout, /\n0 fail, \d+ warn, \d+ pass, \d+ skip, \d+ manual\n$/)
    t.notMatch(good.stdout, /changeme/)

    for (const args of [
      ['doctor', 'now'],
      ['doctor', '--prot', '1']
    ]) {
      const wrong = await run(args)
      t.ok(wrong.code === 2 && isOneLine(wrong), wrong.stderr)
    }
  }
)
