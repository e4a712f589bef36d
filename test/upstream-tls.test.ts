import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { run } from './helpers/executable.ts'
import { serve } from './helpers/serve.ts'

/* Another MCP server over HTTPS: ours, with a certificate of an authority that nobody knows. */

const token = 'Wq3vX8rT1mZ6kB9nL4yD7cF2hJ5pS0gA'
const folder = t.testdir({})
const file = (name: string): string => join(folder, name)

function makeCertificate(): boolean {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const names = ['-subj', '/CN=own', '-addext', 'subjectAltName=IP:127.0.0.1']
  const output = ['-keyout', file('key.pem'), '-out', file('cert.pem'), '-days', '2']
  try {
    execFileSync('openssl', ['req', '-x509', ...key, ...names, ...output], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const skip = makeCertificate() ? false : 'openssl is not on this machine'

t.test(
  'its certificate is verified; NODE_EXTRA_CA_CERTS adds an authority',
  { skip },
  async (t) => {
    const tls = { MCP_TLS_CERT: file('cert.pem'), MCP_TLS_KEY: file('key.pem') }
    const { url: endpoint } = await serve(t, ['--http'], { ...tls, MCP_AUTH_TOKEN: token })
    const servers = { own: { endpoint, auth: { scheme: 'bearer', token } } }
    const env = { MCP_SERVERS: JSON.stringify(servers), MCP_PRODUCTION_MODE: 'false' }
    const check = async (more: Readonly<Record<string, string>> = {}) => {
      const { code, stdout } = await run(['client', 'check', '--json'], { ...env, ...more })
      return { code, ...JSON.parse(stdout)[0] }
    }
    t.match(await check(), { code: 1, reachable: false, error: 'connection' })
    t.match(await check({ NODE_EXTRA_CA_CERTS: file('cert.pem') }), { code: 0, reachable: true })
    t.match(await check({ MCP_VERIFY_SSL: 'false' }), { code: 0, reachable: true })
  }
)

t.test('production does not let it be switched off', async (t) => {
  const { code, stderr } = await run(['client', 'check'], {
    MCP_SERVERS: '{}',
    MCP_ENV: 'production',
    MCP_VERIFY_SSL: 'false'
  })
  t.equal(code, 2)
  t.match(stderr, /client\.verifyTls/)
})
