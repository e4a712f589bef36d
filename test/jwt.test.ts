import { createHmac, generateKeyPairSync } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import t, { type Test } from 'tap'
import { type AuthResult, digestOf } from '../src/auth.ts'
import { createTokenVerifier, resolveIssuer } from '../src/identity/jwt.ts'
import type { Log } from '../src/types.ts'
import {
  audience,
  type Issuer,
  makePair,
  startIssuer,
  type TokenOptions
} from './helpers/issuer.ts'
import { silent } from './helpers/silent.ts'
import { until } from './helpers/until.ts'

/* Tokens of an identity provider: which are good, for whom, and what happens when it is away. */

const nowSeconds = (): number => Math.floor(Date.now() / 1000)

async function open(t: Test, issuer?: Issuer) {
  const provider = issuer ?? (await startIssuer())
  t.teardown(() => provider.close())
  const lines: string[] = []
  const note = (message: string, fields?: object) =>
    lines.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const verify = await createTokenVerifier(provider.settings, log)
  return { issuer: provider, lines, judge: async (token: string) => verify(token, digestOf(token)) }
}

const invalid: AuthResult = { failure: 'invalid_token' }

t.test('the claims say who it is, and which token is refused', async (t) => {
  const { issuer, judge } = await open(t)
  const principal = (more: object) => ({
    principal: { id: 'jwt:alice', kind: 'jwt', scopes: [], ...more }
  })
  const rows: readonly (readonly [string, JWTPayload, AuthResult | object])[] = [
    ['plain', {}, principal({})],
    ['scope as a text', { scope: 'a.read  b.read' }, principal({ scopes: ['a.read', 'b.read'] })],
    ['scp as a list', { scp: ['a.read'] }, principal({ scopes: ['a.read'] })],
    ['scp as a text', { scp: 'a.read b.read' }, principal({ scopes: ['a.read', 'b.read'] })],
    ['narrowed tools', { portcullis_tools: ['get_*'] }, principal({ tools: ['get_*'] })],
    ['several audiences, ours among them', { aud: ['other', audience] }, principal({})],
    [
      'a subject of one issuer that looks like another',
      { sub: 'env' },
      { principal: { id: 'jwt:env' } }
    ],
    ['over for less than the skew', { exp: nowSeconds() - 10 }, principal({})],
    ['good soon, within the skew', { nbf: nowSeconds() + 10 }, principal({})],
    ['over', { exp: nowSeconds() - 60 }, { failure: 'expired_token' }],
    ['not yet good', { nbf: nowSeconds() + 120 }, invalid],
    ['for somebody else', { aud: 'https://other.example' }, { failure: 'wrong_audience' }],
    ['a prefix of the audience', { aud: audience.slice(0, -1) }, { failure: 'wrong_audience' }],
    ['for nobody', { aud: undefined }, { failure: 'wrong_audience' }],
    ['without an end', { exp: undefined }, invalid],
    ['an end that is a text', { exp: '9999999999' as never }, invalid],
    ['of another issuer', { iss: 'https://other.example' }, invalid],
    ['of no issuer', { iss: undefined }, invalid],
    ['without a subject', { sub: undefined }, invalid],
    ['an empty subject', { sub: '' }, invalid],
    ['a subject of control characters', { sub: 'alice\u0000' }, invalid],
    ['a subject that turns its reader', { sub: 'a\u202elice' }, invalid],
    ['an overlong subject', { sub: 'a'.repeat(256) }, invalid],
    ['scopes that are none', { scope: 7 }, invalid],
    ['a scope that breaks out of a header', { scp: ['a"\r\nx: y'] }, invalid],
    ['too many scopes', { scp: Array.from({ length: 201 }, (_, at) => `s${at}`) }, invalid],
    ['globs that are none', { portcullis_tools: { a: 1 } }, invalid]
  ]
  for (const [name, claims, wanted] of rows) {
    t.match(await judge(await issuer.token({ claims })), wanted, name)
  }
})

t.test('a token that is forged or unsigned is refused', async (t) => {
  const { issuer, judge } = await open(t)
  const good = await issuer.token()
  const [head = '', body = '', signature = ''] = good.split('.')
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const decode = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())
  const stranger = await makePair('key-0')
  const jwks = (await (await fetch(issuer.jwksUri)).json()) as { keys: object[] }
  // The oldest trick: the public key, which everybody has, as the secret of an HMAC.
  const hmacHead = encode({ alg: 'HS256', kid: 'key-0' })
  const hmac = createHmac('sha256', JSON.stringify(jwks.keys[0])).update(`${hmacHead}.${body}`)
  const embedded = { header: { jwk: stranger.jwk }, pair: stranger } satisfies TokenOptions
  const rows: readonly (readonly [string, string])[] = [
    ['alg none', `${encode({ alg: 'none' })}.${body}.x`],
    ['alg nOnE', `${encode({ alg: 'nOnE', kid: 'key-0' })}.${body}.${signature}`],
    ['HS256 with the public key', `${hmacHead}.${body}.${hmac.digest('base64url')}`],
    ['another body', `${head}.${encode({ ...decode(body), sub: 'mallory' })}.${signature}`],
    ['another header', `${encode({ ...decode(head), typ: 'x' })}.${body}.${signature}`],
    ['a cut signature', `${head}.${body}.${signature.slice(0, -4)}`],
    ['no signature', `${head}.${body}.`],
    ['signed by a stranger with a known key id', await issuer.token({ pair: stranger })],
    ['a key of its own in the header', await issuer.token(embedded)],
    [
      'an unknown critical header',
      await issuer.token({ header: { crit: ['x'], x: 1 } }).catch(() => 'a.b.c')
    ],
    ['no JSON', 'a.b.c']
  ]
  t.match(await judge(good), { principal: { id: 'jwt:alice' } })
  for (const [name, token] of rows) t.strictSame(await judge(token), invalid, name)
})

t.test('every single-character change of a good token is refused', async (t) => {
  const { issuer, judge } = await open(t)
  const good = await issuer.token()
  for (let at = 0; at < good.length; at += 3) {
    const letter = good[at] === 'A' ? 'B' : 'A'
    const token = good.slice(0, at) + letter + good.slice(at + 1)
    const result = await judge(token)
    // The last character of a part has bits that mean nothing: the same bytes, another text.
    if ('principal' in result) {
      const bytes = (text: string) => text.split('.').map((part) => Buffer.from(part, 'base64url'))
      t.strictSame(bytes(token), bytes(good), `position ${at}`)
    }
  }
})

t.test('a good token is not computed twice, and not beyond its end', async (t) => {
  const { issuer, judge } = await open(t)
  const token = await issuer.token()
  const first = await judge(token)
  t.equal(await judge(token), first, 'the very same result')
  const brief = await issuer.token({ claims: { exp: nowSeconds() - 5 } })
  t.not(await judge(brief), await judge(brief), 'one that is over but for the skew is not kept')
})

t.test('rotation: a new key is fetched for the first token that names it', async (t) => {
  const { issuer, judge } = await open(t)
  const old = await issuer.token()
  t.match(await judge(old), { principal: {} })
  t.equal(issuer.fetches(), 1)
  // jose asks again for an unknown key at most every 30 s; the clock moves on instead of the test.
  const { now } = Date
  Date.now = () => now() + 31_000
  t.teardown(() => {
    Date.now = now
  })
  await issuer.rotate(true)
  t.match(await judge(await issuer.token()), { principal: {} })
  t.equal(issuer.fetches(), 2)
  t.match(await judge(old), { principal: {} }, 'the old one is published still')
  const unknown = await makePair('nobody-knows')
  for (let count = 0; count < 20; count++) {
    const claims = { jti: String(count) }
    t.strictSame(await judge(await issuer.token({ pair: unknown, claims })), invalid)
  }
  t.equal(issuer.fetches(), 2, 'made-up key ids do not become requests')
})

t.test(
  'an outage: known keys count, unknown ones do not, and it is asked now and then',
  async (t) => {
    const { issuer, judge, lines } = await open(t)
    issuer.misbehave((response) => response.destroy())
    const known = await issuer.token()
    const { now } = Date
    Date.now = () => now() + 31_000
    t.teardown(() => {
      Date.now = now
    })
    const pair = await makePair('unknown')
    for (let count = 0; count < 10; count++) {
      const claims = { jti: String(count) }
      t.strictSame(await judge(await issuer.token({ pair, claims })), invalid)
    }
    t.match(await judge(known), { principal: {} })
    t.equal(issuer.fetches(), 2, 'one at the start, one for the first unknown key')
    t.equal(lines.filter((line) => line.includes('auth.jwt.jwksUri (MCP_JWKS_URI)')).length, 1)
  }
)

t.test(
  'away from the start: tokens can be neither good nor bad, and the line names the setting',
  async (t) => {
    const issuer = await startIssuer()
    const token = await issuer.token()
    issuer.misbehave((response) => response.writeHead(502).end())
    const { judge, lines } = await open(t, issuer)
    t.match(lines, [/auth\.jwt\.jwksUri \(MCP_JWKS_URI\): keys not read .*502/])
    t.strictSame(await judge(token), { failure: 'unavailable' })
    issuer.misbehave(undefined)
    const { now } = performance
    performance.now = () => now.call(performance) + 11_000
    t.teardown(() => {
      performance.now = now
    })
    t.match(await judge(token), { principal: {} }, 'back without a restart')
  }
)

t.test('an address that answers with something else stops the start', async (t) => {
  const answers: readonly (readonly [
    string,
    (response: import('node:http').ServerResponse) => void
  ])[] = [
    ['not found', (response) => response.writeHead(404).end('{"keys":[]}')],
    ['elsewhere', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1' }).end()],
    ['no JSON', (response) => response.end('<html>')],
    ['no set', (response) => response.end('{"issuer":"x"}')],
    ['keys that are none', (response) => response.end('{"keys":[1]}')],
    ['endless', (response) => response.end(`{"keys":[],"x":"${'x'.repeat(300_000)}"}`)]
  ]
  for (const [name, answer] of answers) {
    const issuer = await startIssuer()
    issuer.misbehave(answer)
    await t.rejects(open(t, issuer), { name: 'ConfigError', message: /^auth\.jwt\.jwksUri/ }, name)
  }
})

t.test(
  'issuer, audience and key address belong together; a Firebase project stands for all three',
  async (t) => {
    const whole = { issuer: 'https://a.example', audience: 'b', jwksUri: 'https://a.example/keys' }
    t.equal(resolveIssuer({}), undefined)
    t.strictSame(resolveIssuer(whole), whole)
    for (const key of ['issuer', 'audience', 'jwksUri'] as const) {
      const { [key]: _, ...rest } = whole
      t.throws(
        () => resolveIssuer(rest),
        { name: 'ConfigError', message: `auth.jwt.${key} (` },
        key
      )
    }
    t.throws(() => resolveIssuer({ ...whole, firebaseProject: 'p-1' }), {
      message: /firebaseProject/
    })
    t.match(resolveIssuer({ firebaseProject: 'my-project' }), {
      issuer: 'https://securetoken.google.com/my-project',
      audience: 'my-project',
      jwksUri: /^https:\/\/www\.googleapis\.com\/.*securetoken@system\.gserviceaccount\.com$/
    })
  }
)

t.test('a Firebase token, with the keys that its address would give', async (t) => {
  const project = resolveIssuer({ firebaseProject: 'my-project' })
  if (!project) return t.fail('no issuer')
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'google-1', alg: 'RS256', use: 'sig' }
  const asked: string[] = []
  const verify = await createTokenVerifier(project, silent, async (url) => {
    asked.push(url)
    return new Response(JSON.stringify({ keys: [jwk] }))
  })
  const sign = (claims: JWTPayload) =>
    new SignJWT({
      iss: project.issuer,
      aud: 'my-project',
      sub: 'uid-1',
      exp: nowSeconds() + 600,
      ...claims
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'google-1' })
      .sign(privateKey)
  const judge = async (token: string) => verify(token, digestOf(token))
  t.match(await judge(await sign({})), { principal: { id: 'jwt:uid-1', scopes: [] } })
  t.strictSame(await judge(await sign({ aud: 'other' })), { failure: 'wrong_audience' })
  t.strictSame(await judge(await sign({ iss: 'https://securetoken.google.com/other' })), invalid)
  t.strictSame(asked, [project.jwksUri])
})

t.test('old keys are asked for again in the background', async (t) => {
  const { issuer, judge } = await open(t)
  const token = await issuer.token()
  const { now } = performance
  performance.now = () => now.call(performance) + 601_000
  t.teardown(() => {
    performance.now = now
  })
  t.match(await judge(token), { principal: {} }, 'nobody waits')
  await until(() => issuer.fetches() === 2, 'the keys were asked for again')
})
