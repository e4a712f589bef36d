import { createServer } from 'node:http'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { readCommandLine } from '../bin/command-line.ts'
import { checks } from '../bin/doctor/checks.ts'
import { readMachine } from '../bin/doctor/machine.ts'
import { load } from '../bin/load-config.ts'
import { prepare, takeStock } from './helpers/doctor-setup.ts'
import { findFreePort } from './helpers/free-port.ts'
import { openPort } from './helpers/open-port.ts'

const runs = Number(process.env.DOCTOR_RUNS ?? 30)

t.test(`findings hold no secret, before any filter: ${runs} runs`, async (t) => {
  const folder = t.testdir()
  const closed = await findFreePort()
  const secret = fc.stringMatching(/^[a-z]{4}[A-Za-z0-9]{8,40}$/)
  const holdsNone = fc.asyncProperty(
    fc.array(secret, { minLength: 8, maxLength: 8 }),
    fc.boolean(),
    async (secrets, isOpen) => {
      const [
        token = '',
        key = '',
        line = '',
        api = '',
        redis = '',
        hook = '',
        sign = '',
        audit = ''
      ] = secrets
      const files = { tokens: [`alice:${line}\n`, isOpen ? 0o644 : 0o600] as const }
      prepare({ files }, folder)
      const env = {
        MCP_TRANSPORT: 'http',
        MCP_PORT: '0',
        MCP_KEYS_FILE: join(folder, 'tokens'),
        MCP_AUTH_TOKEN: token,
        MCP_API_KEYS: `${key},${token}`,
        MCP_AUTH_TOKEN_FILE: join(folder, 'tokens'),
        API_BASE_URL: `http://127.0.0.1:${closed}`,
        API_AUTH_TOKEN: isOpen ? token : api,
        REDIS_URL: `redis://:${redis}@127.0.0.1:${closed}`,
        MCP_ALERT_WEBHOOK: `https://hooks.example.com/${hook}`,
        MCP_ALERT_SECRET: sign,
        MCP_AUDIT_KEY: audit,
        MCP_AUDIT_FILE: join(folder, 'tokens'),
        HTTPS_PROXY: `http://alice:${sign}@proxy.example.com`
      }
      const { config, warnings } = await load(readCommandLine(['doctor']), env)
      const file = {
        path: join(folder, 'tokens'),
        content: { auth: { token }, audit: { key: audit } }
      }
      const patient = { config, warnings, env, machine: readMachine(), file }
      const found = await Promise.all(checks.map(({ run }) => run(patient)))
      const text = JSON.stringify(found)
      return secrets.every((each) => !text.includes(each))
    }
  )
  await t.resolves(fc.assert(holdsNone, { numRuns: runs }))
})

t.test('what a document names inside is not asked', async (t) => {
  let hits = 0
  const trap = createServer((_request, response) => {
    hits++
    response.end()
  })
  t.teardown(() => trap.close())
  const port = await openPort(trap)
  const document = {
    openapi: '3.1.0',
    info: { title: 'inside', version: '1' },
    servers: [{ url: `http://127.0.0.1:${port}` }],
    paths: {}
  }
  const folder = t.testdir({ 'inside.json': JSON.stringify(document) })
  const line = readCommandLine(['doctor', '--openapi', join(folder, 'inside.json')])
  const before = takeStock(folder)
  const { config, warnings } = await load(line, {})
  const check = checks.find(({ id }) => id === 'api.reachable')!
  const found = await check.run({ config, warnings, env: {}, machine: readMachine() })
  t.match(found, [{ status: 'fail', says: /The first server of the document cannot be used/ }])
  t.equal(hits, 0)
  t.strictSame(takeStock(folder), before)

  const own = readCommandLine([
    ...['doctor', '--openapi', join(folder, 'inside.json')],
    ...['--api-base-url', `http://127.0.0.1:${port}/v1`]
  ])
  const named = await load(own, {})
  const patient = { ...named, env: {}, machine: readMachine() }
  t.match(await check.run(patient), [{ status: 'pass', says: /answers \(200\)/ }])
  t.equal(hits, 1, 'the address that the operator named is')
})
