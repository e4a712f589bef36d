import { once } from 'node:events'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t from 'tap'
import {
  type AcceptedKey,
  type AuthResult,
  acceptKey,
  createAuthenticate,
  indexKeys,
  namedKey
} from '../src/auth.ts'
import { loadConfig } from '../src/config.ts'
import { ConfigError } from '../src/config-error.ts'
import { openCredentials } from '../src/identity/credentials.ts'
import { parseTokenFile } from '../src/identity/token-file.ts'
import { createLog } from '../src/log.ts'

const idOf = (keys: readonly AcceptedKey[], presented: string) =>
  idIn(createAuthenticate(() => indexKeys(keys))(presented) as AuthResult)
const idIn = (result: AuthResult) => ('principal' in result ? result.principal.id : undefined)

t.test('a presented key finds its name, anything else nothing', async (t) => {
  const keys = [
    acceptKey('first-secret', namedKey('first')),
    acceptKey('second-secret', namedKey('second')),
    acceptKey('first-secret', namedKey('again'))
  ]
  t.equal(idOf(keys, 'first-secret'), 'first', 'of two with one secret the first')
  t.equal(idOf(keys, 'second-secret'), 'second')
  for (const wrong of ['', 'first', 'first-secret ', 'First-secret', 'first-secrets', '\u0000']) {
    t.equal(idOf(keys, wrong), undefined, JSON.stringify(wrong))
  }
  t.equal(idOf([], ''), undefined)
})

t.test('a key that has expired is told from a wrong one', async (t) => {
  const at = (expiresAtMs: number) => {
    const key = { ...acceptKey('secret', namedKey('a')), expiresAtMs }
    return createAuthenticate(() => indexKeys([key]))('secret')
  }
  t.strictSame(at(Date.now() - 1), { failure: 'expired_token' })
  t.match(at(Date.now() + 60_000), { principal: { id: 'a' } })
})

t.test('of a secret only its digest is kept', async (t) => {
  const key = acceptKey('very-secret-text', { ...namedKey('a'), scopes: ['read'] })
  t.notMatch(JSON.stringify(key), /very-secret-text/)
  t.match(key.digest, /^[0-9a-f]{64}$/)
  t.strictSame(key.principal, { id: 'a', kind: 'key', scopes: ['read'] })
  t.ok(Object.isFrozen(key.principal))
})

t.test('a token file has one client-id:token in a line', async (t) => {
  const text =
    '\uFEFF# keys\r\n\r\nalice:one:with:colons\r\n  bob@example.com : two  \n#carol:three\ndave-1.x:four'
  const { credentials, tokens } = parseTokenFile(text)
  t.strictSame(tokens, ['one:with:colons', 'two', 'four'])
  t.strictSame(
    credentials.map(({ principal }) => principal),
    [namedKey('alice'), namedKey('bob@example.com'), namedKey('dave-1.x')]
  )
  t.equal(idOf(credentials, 'one:with:colons'), 'alice')
  t.equal(idOf(credentials, 'two'), 'bob@example.com')
  t.equal(idOf(credentials, 'three'), undefined)
  t.strictSame(parseTokenFile('').credentials, [])
})

t.test('a bad line is named by its number, never by its text', async (t) => {
  for (const bad of [
    'just-a-secret',
    ':secret',
    'alice:',
    'alice: ',
    'a b:secret',
    `${'x'.repeat(65)}:secret`,
    '<x>:secret'
  ]) {
    t.throws(
      () => parseTokenFile(`# one\nok:fine\n${bad}\n`),
      { message: /^line 3: (?!.*secret)/ },
      bad
    )
  }
})

/** Random enough for nobody to be warned. */
const strong = {
  alice: 'Wq3vX8rT1mZ6kB9nL4yD7cF2hJ5pS0gA',
  bob: 'gA0sP5jH2fC7dY4lN9bK6zM1tR8xV3qW'
}

/** The configured credentials, and the log lines that they cause, one by one. */
function open(env: Readonly<Record<string, string>>) {
  const stream = new PassThrough({ encoding: 'utf8' })
  const { config } = loadConfig({ flags: new Map(), env })
  const credentials = openCredentials(
    config,
    createLog({ level: 'info', redact: true }, stream),
    () => {}
  )
  const nextLine = async () => JSON.parse((await once(stream, 'data'))[0])
  const check = createAuthenticate(credentials.keys)
  return { credentials, nextLine, idOf: (key: string) => idIn(check(key) as AuthResult) }
}

t.test('token, keys and token file count together', async (t) => {
  const file = join(t.testdir({ tokens: 'alice:key-of-alice\n' }), 'tokens')
  chmodSync(file, 0o600)
  const { credentials, idOf } = open({
    MCP_AUTH_TOKEN: 'the-token',
    MCP_API_KEYS: 'key-a, key-b',
    MCP_AUTH_TOKEN_FILE: file
  })
  t.teardown(credentials.close)
  t.equal(idOf('the-token'), 'env')
  t.equal(idOf('key-a'), 'key-1')
  t.equal(idOf('key-b'), 'key-2')
  t.equal(idOf('key-of-alice'), 'alice')
  t.equal(idOf('key-a, key-b'), undefined)
})

const noModes = process.platform === 'win32' ? 'no file modes here' : false

t.test('a file that others can read is refused', { skip: noModes }, async (t) => {
  const file = join(t.testdir({ tokens: 'alice:key-of-alice\n' }), 'tokens')
  for (const mode of [0o644, 0o640, 0o604, 0o620, 0o602, 0o610]) {
    chmodSync(file, mode)
    t.throws(
      () => open({ MCP_AUTH_TOKEN_FILE: file }),
      new ConfigError(
        'auth.tokenFile (MCP_AUTH_TOKEN_FILE): group or world has access: run chmod 600 on it'
      ),
      mode.toString(8)
    )
  }
  for (const mode of [0o600, 0o400]) {
    chmodSync(file, mode)
    const { credentials } = open({ MCP_AUTH_TOKEN_FILE: file })
    t.equal(credentials.keys().size, 1)
    credentials.close()
  }
})

t.test('a missing or bad file stops the start and names the setting', async (t) => {
  const folder = t.testdir({ bad: 'only-a-secret\n' })
  chmodSync(join(folder, 'bad'), 0o600)
  const message = /^auth\.tokenFile \(MCP_AUTH_TOKEN_FILE\): (?!.*only-a-secret)/
  for (const name of ['missing', 'bad']) {
    t.throws(() => open({ MCP_AUTH_TOKEN_FILE: join(folder, name) }), {
      name: 'ConfigError',
      message
    })
  }
})

t.test('the file is read again when it changes', { skip: noModes }, async (t) => {
  const file = join(t.testdir({ tokens: `alice:${strong.bob}\n` }), 'tokens')
  chmodSync(file, 0o600)
  const env = { MCP_AUTH_TOKEN: 'fixed', MCP_AUTH_TOKEN_FILE: file }
  const { credentials, nextLine, idOf } = open(env)
  // The watch itself keeps no process alive.
  const alive = setInterval(() => {}, 1000)
  t.teardown(() => {
    clearInterval(alive)
    credentials.close()
  })

  writeFileSync(file, `alice:${strong.alice}\nbob:${strong.bob}\n`)
  t.match(await nextLine(), { level: 'INFO', msg: 'token file read again' })
  t.equal(idOf(strong.bob), 'bob')
  t.equal(idOf(strong.alice), 'alice')
  t.equal(idOf(strong.bob), 'bob')

  chmodSync(file, 0o644)
  const refused = await nextLine()
  t.match(refused, { level: 'ERROR', msg: /refused/ })
  t.notMatch(JSON.stringify(refused), strong.bob)
  t.equal(idOf(strong.bob), undefined, 'a file that cannot be trusted opens nothing')
  t.equal(idOf('fixed'), 'env', 'the others still count')

  chmodSync(file, 0o600)
  await nextLine()
  t.equal(idOf(strong.bob), 'bob')

  rmSync(file)
  t.match(await nextLine(), { level: 'ERROR' })
  t.equal(idOf(strong.bob), undefined)
})
