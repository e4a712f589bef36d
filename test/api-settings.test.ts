import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import { run } from './helpers/executable.ts'
import { type Fault, reply, startFaultServer } from './helpers/fault-server.ts'

/* What HTTPX_TIMEOUT, HTTPX_RETRIES and HTTPX_BACKOFF_FACTOR do, seen from the API. */

type Env = Readonly<Record<string, string>>

const down = reply(503, '{}')
const company = '{"companyId":"a","name":"A"}'

async function openApi(t: Test, fault: Fault) {
  const server = await startFaultServer(fault)
  t.teardown(() => server.close())
  const call = (companyId: string, env: Env) => {
    const args = JSON.stringify({ company_id: companyId })
    const words = ['tools', 'call', 'get_company_info', '--args', args]
    return run(words, { API_BASE_URL: server.origin, ...env })
  }
  return { server, call }
}

t.test('HTTPX_RETRIES is the number of attempts in all', async (t) => {
  const { server, call } = await openApi(t, down)
  const { code } = await call('a', { HTTPX_RETRIES: '4', HTTPX_BACKOFF_FACTOR: '0.001' })
  t.same([code, server.seen.length], [1, 4])
})

t.test(
  'HTTPX_BACKOFF_FACTOR decides how long is waited, and no wait outlasts the call',
  async (t) => {
    const brief = await openApi(t, down)
    const long = await openApi(t, down)
    // The first wait would be 45 s at least, after the 30 s that a call may take.
    await Promise.all([
      brief.call('a', { HTTPX_BACKOFF_FACTOR: '0.001' }),
      long.call('a', { HTTPX_BACKOFF_FACTOR: '60' })
    ])
    t.same([brief.server.seen.length, long.server.seen.length], [3, 1])
  }
)

t.test('HTTPX_TIMEOUT ends an attempt, and a longer one outlasts it', async (t) => {
  let patientComes: (socket: Socket) => void = () => {}
  const patientSocket = new Promise<Socket>((resolve) => {
    patientComes = resolve
  })
  const { call } = await openApi(t, (socket, { target }) => {
    if (target.endsWith('/patient')) patientComes(socket)
  })
  const env = { HTTPX_RETRIES: '1', MCP_DEFAULT_TIMEOUT: '300' }
  const patient = call('patient', { ...env, HTTPX_TIMEOUT: '300' })
  const socket = await patientSocket
  const hasty = await call('hasty', { ...env, HTTPX_TIMEOUT: '1' })
  t.equal(hasty.code, 1)
  t.match(hasty.stdout + hasty.stderr, /did not answer/)
  reply(200, company)(socket, {} as Parameters<Fault>[1])
  const { code, stdout } = await patient
  t.equal(code, 0)
  t.match(stdout, /"A"/)
})
