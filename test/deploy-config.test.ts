import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { loadConfig } from '../src/config.ts'
import { settingsSchema } from '../src/settings.ts'
import { send } from './helpers/http.ts'
import { deployed } from './helpers/program.ts'
import { serve } from './helpers/serve.ts'

/* The shipped configurations start a server, and the proxies' figures fit the server's own. */

const read = (name: string) => readFileSync(deployed(name), 'utf8')
const token = 'Zq81mvLc0pTy5RwXb7Ne3KsUd9HgAf2J'
const secrets = {
  tokens: `# made for this test\nprober:${token}\n`,
  'api-token': 'Wd42kxNf8rVu6YeQz1Mi0LtBh5CoGj7S',
  'audit-key': 'Hb73jyQm5sXt9ZaEw2Ku4NvDc6FpRg8T'
}
const folders = [
  ['systemd', '/run/credentials/portcullis.service'],
  ['compose', '/run/secrets'],
  ['kubernetes', '/run/secrets/portcullis']
] as const

/** Starts with a shipped file, its folders moved into one of the test's. */
async function startWith(t: Test, name: string, secretFolder: string) {
  const folder = t.testdir({ ...secrets, log: {} })
  for (const secret of Object.keys(secrets)) chmodSync(join(folder, secret), 0o400)
  const text = read(`${name}/portcullis.yaml`)
    .replaceAll(`${secretFolder}/`, `${folder}/`)
    .replace('/var/log/portcullis/', `${folder}/log/`)
    .replace('host: 0.0.0.0', 'host: 127.0.0.1')
  const config = join(folder, 'portcullis.yaml')
  writeFileSync(config, text)
  return { ...(await serve(t, ['--http', '--config', config])), folder }
}

for (const [name] of folders) {
  t.test(`${name}/portcullis.yaml is strong enough for production as it stands`, async (t) => {
    const { config, warnings } = loadConfig({
      flags: new Map([['--http', '']]),
      env: { MCP_TRANSPORT: 'http' },
      file: parse(read(`${name}/portcullis.yaml`)),
      readSecret: (path) => secrets[path.endsWith('audit-key') ? 'audit-key' : 'api-token']
    })
    t.equal(config.env, 'production')
    t.strictSame(warnings, [])
  })
}

for (const [name, secretFolder] of folders) {
  t.test(`${name}/portcullis.yaml starts a server`, async (t) => {
    const { running, origin, folder } = await startWith(t, name, secretFolder)
    const ask = (host: string, path: string, key?: string) =>
      send(origin + path, {
        method: 'GET',
        headers: { host, ...(key !== undefined && { authorization: `Bearer ${key}` }) }
      })
    t.equal((await ask('mcp.example.com', '/openapi.json')).status, 401)
    t.equal((await ask('mcp.example.com', '/openapi.json', token)).status, 200)
    t.equal((await ask('evil.example', '/health')).status, 403)
    const [, probe] = parse(read(`${name}/portcullis.yaml`)).http.allowedHosts
    t.equal((await ask(probe, '/ready')).status, 200, `the probe says ${probe}`)
    running.child.kill('SIGTERM')
    t.equal((await running.ended).code, 0)
    const written =
      running.stderr.text +
      (name === 'systemd' ? readFileSync(join(folder, 'log/audit.jsonl')) : '')
    t.match(written, /"event":"AUTH_SUCCESS"/, 'the audit trail is where it should be')
    for (const secret of [token, secrets['api-token'], secrets['audit-key']]) {
      t.notMatch(written, secret)
    }
  })
}

t.test('the unit hands over what its configuration asks for', async (t) => {
  const unit = read('systemd/portcullis.service')
  const given = [...unit.matchAll(/^LoadCredential=([\w-]+):/gm)].map(([, name]) => name)
  const asked = [...read('systemd/portcullis.yaml').matchAll(/portcullis\.service\/([\w-]+)/g)].map(
    ([, name]) => name
  )
  t.strictSame(given, asked)
  const { audit } = parse(read('systemd/portcullis.yaml'))
  t.match(unit, /^LogsDirectory=portcullis$/m)
  t.match(audit.file, /^\/var\/log\/portcullis\//)
  t.match(read('logrotate/portcullis'), audit.file)
  t.match(unit, /^StateDirectory=portcullis$/m)
  t.match(read('systemd/portcullis.sysusers'), ' /var/lib/portcullis ')
})

/** Seconds behind a directive of a configuration file. */
function secondsOf(text: string, directive: string): number {
  const [, seconds] = new RegExp(`\\b${directive}:? "?(\\d+)s?"?`).exec(text) ?? []
  return Number(seconds)
}

t.test('the figures of the proxies fit those of the server', async (t) => {
  const { limits, sessions } = settingsSchema.parse({})
  const silenceSeconds =
    Math.max(sessions.heartbeatMs, limits.callTimeoutMs + limits.queueWaitMs) / 1000
  const keptSeconds = Number(/keepAliveTimeout: (\d+)_000/.exec(readListener())?.[1])
  const nginx = read('nginx/portcullis/server.conf')
  t.ok(secondsOf(nginx, 'proxy_read_timeout') > 2 * silenceSeconds)
  t.ok(secondsOf(read('kubernetes/ingress.yaml'), 'proxy-read-timeout') > 2 * silenceSeconds)
  t.ok(keptSeconds > 0)
  t.ok(secondsOf(read('nginx/portcullis/upstream.conf'), 'keepalive_timeout') < keptSeconds)
  t.ok(secondsOf(read('caddy/Caddyfile'), 'keepalive') < keptSeconds)
  t.ok(secondsOf(read('traefik/routes.yaml'), 'idleConnTimeout') < keptSeconds)
  const mebibytes = limits.maxRequestBytes / 1_048_576
  t.match(nginx, `client_max_body_size ${mebibytes}m;`)
  t.match(read('kubernetes/ingress.yaml'), `proxy-body-size: ${mebibytes}m\n`)
  t.match(read('caddy/Caddyfile'), `max_size ${mebibytes}MiB\n`)
})

t.test('connections suffice for a stream and a call of each session, and the proxy', async (t) => {
  const { sessions } = settingsSchema.parse({})
  const [, kept] = /^keepalive (\d+);$/m.exec(read('nginx/portcullis/upstream.conf')) ?? []
  const [, workers] = /worker_connections (\d+)/.exec(read('nginx/portcullis.conf')) ?? []
  for (const [name] of folders) {
    const { transport, http } = parse(read(`${name}/portcullis.yaml`))
    t.equal(transport, 'http', 'commands without a flag look at the same')
    t.ok(http.maxConnections >= 2 * sessions.max + Number(kept), name)
    t.ok(Number(workers) >= 2 * http.maxConnections)
  }
})

function readListener(): string {
  return readFileSync(new URL('../transports/http/listener/instance.js', import.meta.url), 'utf8')
}
