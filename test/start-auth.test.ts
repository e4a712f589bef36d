import { chmodSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { generateKey } from '../src/identity/api-key.ts'
import { isOneLine, run } from './helpers/executable.ts'
import { send } from './helpers/http.ts'
import { type Issuer, startIssuer } from './helpers/issuer.ts'
import { quiet } from './helpers/json-rpc.ts'
import { bearerHeaders, request } from './helpers/messages.ts'
import { serve } from './helpers/serve.ts'

/* Keys and tokens at the start: what is refused in one line, what is only said aloud. */

type Env = Readonly<Record<string, string>>

async function refuse(t: Test, env: Env, pattern: RegExp): Promise<void> {
  const ended = await run(['--http', '--port', '0'], env)
  t.equal(ended.code, 2, JSON.stringify(Object.keys(env)))
  t.ok(isOneLine(ended), ended.stderr)
  t.match(ended.stderr, pattern)
}

const strong = 'Wq3vX8rT1mZ6kB9nL4yD7cF2hJ5pS0gA'
const jwt = {
  MCP_JWT_ISSUER: 'https://id.example',
  MCP_JWT_AUDIENCE: 'https://mcp.example/mcp',
  MCP_JWKS_URI: 'https://id.example/keys'
}

t.test('half of an issuer, or a bad one, stops the start', async (t) => {
  const { MCP_JWKS_URI: _, ...withoutKeys } = jwt
  await refuse(t, withoutKeys, /auth\.jwt\.jwksUri \(MCP_JWKS_URI\): is missing/)
  await refuse(t, { MCP_JWKS_URI: jwt.MCP_JWKS_URI }, /auth\.jwt\.issuer \(MCP_JWT_ISSUER\)/)
  await refuse(t, { ...jwt, MCP_JWKS_URI: 'http://id.example/keys' }, /auth\.jwt\.jwksUri.*https/)
  await refuse(t, { ...jwt, MCP_FIREBASE_PROJECT: 'my-project' }, /firebaseProject/)
  await refuse(
    t,
    { MCP_FIREBASE_PROJECT: 'My Project' },
    /firebaseProject \(MCP_FIREBASE_PROJECT\)/
  )
})

async function startProvider(
  t: Test,
  misbehaviour?: (response: ServerResponse) => void
): Promise<Issuer> {
  const issuer = await startIssuer()
  t.teardown(() => issuer.close())
  issuer.misbehave(misbehaviour)
  return issuer
}

const envOf = ({ settings }: Issuer): Env => ({
  MCP_JWT_ISSUER: settings.issuer,
  MCP_JWT_AUDIENCE: settings.audience,
  MCP_JWKS_URI: settings.jwksUri
})

t.test('an address of keys that answers with something else stops the start', async (t) => {
  const issuer = await startProvider(t, (response) => response.end('<html>canary</html>'))
  await refuse(
    t,
    envOf(issuer),
    /auth\.jwt\.jwksUri \(MCP_JWKS_URI\): http\S+ is no key set(?!.*canary)/
  )
})

/** A running server and a way to ask it. */
async function serveQuietly(t: Test, env: Env) {
  const { running, url } = await serve(t, ['--http'], { ...quiet, ...env })
  const ask = (secret: string) =>
    send(url, { headers: bearerHeaders(secret), body: request('tools/list') })
  return { running, ask }
}

t.test('a provider that is away is told in a line, and keys go on counting', async (t) => {
  const issuer = await startProvider(t, (response) => response.destroy())
  const { running, ask } = await serveQuietly(t, { ...envOf(issuer), MCP_AUTH_TOKEN: strong })
  t.match(running.stderr.text, /auth\.jwt\.jwksUri \(MCP_JWKS_URI\): keys not read/)
  t.equal((await ask(strong)).status, 200)
  t.equal((await ask('wrong')).status, 401)
  const answer = await ask(await issuer.token())
  t.equal(answer.status, 503, 'neither good nor bad')
  t.match(answer.headers['retry-after'], /^\d+$/)
  t.equal(answer.headers['www-authenticate'], undefined)
})

t.test('tokens alone are a credential: no key is made', async (t) => {
  const issuer = await startProvider(t)
  const { running, ask } = await serveQuietly(t, envOf(issuer))
  t.equal((await ask(await issuer.token())).status, 200)
  running.child.kill('SIGTERM')
  t.notMatch((await running.ended).stderr, /Key for this run/)
})

t.test('a key of any visible characters lets in by either header', async (t) => {
  const marked = `${strong}@:!$"'(),;<>[]{}|&%#?*^`
  const file = join(t.testdir({}), 'tokens')
  writeFileSync(file, `desk:${marked}\n`, { mode: 0o600 })
  const inProduction = {
    MCP_ENV: 'production',
    MCP_RATE_LIMIT_ENABLED: 'true',
    MCP_AUDIT: 'true'
  }
  const { running, ask } = await serveQuietly(t, { MCP_AUTH_TOKEN_FILE: file, ...inProduction })
  t.equal((await ask(marked)).status, 200)
  const [, url = ''] = await running.stderr.until(/"url":"([^"]+)"/)
  const byApiKey = { 'content-type': 'application/json', 'x-api-key': marked }
  const accept = 'application/json, text/event-stream'
  const body = request('tools/list')
  t.equal((await send(url, { headers: { ...byApiKey, accept }, body })).status, 200)
  for (const wrong of [`${marked}!`, `${marked} x`, ` ${marked}`, '', marked.slice(1)]) {
    const { status, headers } = await ask(wrong)
    t.equal(status, 401, JSON.stringify(wrong))
    t.match(headers['www-authenticate'], /^Bearer realm="portcullis", error="invalid_token"/)
  }
})

t.test('production refuses weak keys of every source; development says so', async (t) => {
  const placeholder = 'your-api-key-here-your-api-key-here-1'
  const repeated = 'x'.repeat(40)
  const mistyped = `pcl_${'a'.repeat(49)}`
  const file = join(t.testdir({}), 'tokens')
  writeFileSync(file, `# keys\ngood:${strong}\nbad:${placeholder}\n`)
  chmodSync(file, 0o600)
  const rows: readonly (readonly [Env, string, string])[] = [
    [{ MCP_AUTH_TOKEN: mistyped }, mistyped, 'auth\\.token \\(MCP_AUTH_TOKEN\\): '],
    [{ MCP_API_KEYS: `${strong},${repeated}` }, repeated, 'auth\\.apiKeys \\(MCP_API_KEYS\\): '],
    [
      { MCP_AUTH_TOKEN_FILE: file },
      placeholder,
      'auth\\.tokenFile \\(MCP_AUTH_TOKEN_FILE\\): line 3: '
    ]
  ]
  for (const [env, key, words] of rows) {
    await refuse(t, { MCP_ENV: 'production', ...env }, new RegExp(`(?=^(?!.*${key}))^.*${words}`))
  }
  const env = { MCP_AUTH_TOKEN: 'changeme', MCP_AUTH_TOKEN_FILE: file }
  const { running, ask } = await serveQuietly(t, env)
  t.match(running.stderr.text, /auth\.token \(MCP_AUTH_TOKEN\): is shorter/)
  t.match(running.stderr.text, /auth\.tokenFile \(MCP_AUTH_TOKEN_FILE\): line 3/)
  t.equal((await ask('changeme')).status, 200)
})

t.test('strong keys of every source are welcome in production', async (t) => {
  const key = generateKey()
  const { ask } = await serveQuietly(t, {
    MCP_ENV: 'production',
    MCP_AUTH_TOKEN: strong,
    MCP_API_KEYS: key,
    MCP_RATE_LIMIT_ENABLED: 'true',
    MCP_AUDIT: 'true'
  })
  t.equal((await ask(strong)).status, 200)
  t.equal((await ask(key)).status, 200)
})
