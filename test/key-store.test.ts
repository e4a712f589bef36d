import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { digestOf } from '../src/auth.ts'
import { generateKey } from '../src/identity/api-key.ts'
import { changeKeyStore, readKeyStore, type StoredKey } from '../src/identity/key-store.ts'
import { openStoredKeys } from '../src/identity/stored-keys.ts'
import type { Log } from '../src/types.ts'
import { fixture } from './helpers/executable.ts'
import { until } from './helpers/until.ts'

/* The file of named keys: written whole or not at all, by one process at a time, read by its owner only. */

const dayMs = 86_400_000
const noModes = process.platform === 'win32' ? 'no file modes here' : false

function storedKey(name: string, more: Partial<StoredKey> = {}): StoredKey {
  return { name, sha256: digestOf(generateKey()), created: new Date().toISOString(), ...more }
}

const storeIn = (t: Test): string => join(t.testdir({}), 'deep', 'keys.json')

t.test('a store is made with its folder, for its owner only', { skip: noModes }, async (t) => {
  const file = storeIn(t)
  const key = storedKey('a', { scopes: ['x.read'], tools: ['get_*'] })
  await changeKeyStore(file, (keys) => [...keys, key])
  t.strictSame(readKeyStore(file), [key])
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.equal(statSync(join(file, '..')).mode & 0o777, 0o700)
  t.strictSame(readdirSync(join(file, '..')), ['keys.json'], 'nothing is left beside it')
})

t.test('a change that fails changes nothing', async (t) => {
  const file = storeIn(t)
  await changeKeyStore(file, () => [storedKey('a')])
  const before = readFileSync(file, 'utf8')
  const failing = changeKeyStore(file, () => {
    throw new Error('no')
  })
  await t.rejects(failing, { message: 'no' })
  t.equal(readFileSync(file, 'utf8'), before)
  t.strictSame(readdirSync(join(file, '..')), ['keys.json'])
})

t.test('a link stays one', { skip: noModes }, async (t) => {
  const folder = t.testdir({ real: {} })
  const link = join(folder, 'keys.json')
  await changeKeyStore(join(folder, 'real', 'keys.json'), () => [storedKey('a')])
  symlinkSync(join('real', 'keys.json'), link)
  await changeKeyStore(link, (keys) => [...keys, storedKey('b')])
  t.equal(readKeyStore(join(folder, 'real', 'keys.json')).length, 2)
})

t.test('processes that create at once lose nothing', async (t) => {
  const file = storeIn(t)
  const [processes, each] = [6, 8]
  let isOver = false
  const children = Array.from({ length: processes }, (_, index) =>
    spawn(process.execPath, [fixture('create-keys'), `client-${index}`, String(each)], {
      env: { PATH: process.env.PATH, MCP_KEYS_FILE: file },
      stdio: ['ignore', 'pipe', 'inherit']
    })
  )
  const printed = children.map(async ({ stdout }) => {
    let text = ''
    for await (const chunk of stdout) text += chunk
    return text.trim().split('\n')
  })
  const reading = (async () => {
    let reads = 0
    while (!isOver) {
      // Whole at every moment: a half-written file would throw.
      if (existsSync(file)) reads += readKeyStore(file).length > 0 ? 1 : 0
      await new Promise((resolve) => setImmediate(resolve))
    }
    return reads
  })()
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]))
  isOver = true
  t.strictSame(codes, Array(processes).fill(0))
  t.ok((await reading) > 0, 'it was read meanwhile')
  const digests = new Set((await Promise.all(printed)).flat().map(digestOf))
  t.equal(digests.size, processes * each)
  t.strictSame(new Set(readKeyStore(file).map(({ sha256 }) => sha256)), digests)
  t.strictSame(readdirSync(join(file, '..')), ['keys.json'], 'no lock, no draft')
})

t.test('the lock of a process that died is taken over', async (t) => {
  const file = storeIn(t)
  await changeKeyStore(file, () => [storedKey('a')])
  writeFileSync(`${file}.lock`, 'of somebody who is gone')
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(`${file}.lock`, longAgo, longAgo)
  await Promise.all(
    Array.from({ length: 10 }, () => changeKeyStore(file, (keys) => [...keys, storedKey('b')]))
  )
  t.equal(readKeyStore(file).length, 11)
  t.strictSame(readdirSync(join(file, '..')), ['keys.json'])
})

t.test('what is no store is refused without its text', async (t) => {
  const good = storedKey('a')
  const rows: readonly (readonly [string, string])[] = [
    ['no JSON', 'canary'],
    ['a list', '[]'],
    ['another version', JSON.stringify({ version: 2, keys: [] })],
    ['a key in clear', JSON.stringify({ version: 1, keys: [{ ...good, sha256: 'canary' }] })],
    ['an unknown field', JSON.stringify({ version: 1, keys: [{ ...good, canary: 1 }] })],
    ['no date', JSON.stringify({ version: 1, keys: [{ ...good, created: 'canary' }] })],
    ['a bad glob', JSON.stringify({ version: 1, keys: [{ ...good, tools: ['canary canary'] }] })]
  ]
  for (const [name, text] of rows) {
    const file = join(t.testdir({ 'keys.json': text }), 'keys.json')
    chmodSync(file, 0o600)
    t.throws(() => readKeyStore(file), { message: /^is no key store: (?!.*canary canary)/ }, name)
  }
})

t.test('a store that others can read is refused', { skip: noModes }, async (t) => {
  const file = storeIn(t)
  await changeKeyStore(file, () => [storedKey('a')])
  for (const mode of [0o644, 0o640, 0o604, 0o620, 0o602]) {
    chmodSync(file, mode)
    t.throws(() => readKeyStore(file), { message: /run chmod 600/ }, mode.toString(8))
    await t.rejects(
      changeKeyStore(file, () => []),
      { message: /run chmod 600/ }
    )
  }
})

/** A followed store, with the lines that it logs. */
function follow(t: Test, file: string, more: { maxAgeDays?: number; mayBeMissing?: boolean } = {}) {
  const lines: string[] = []
  const note = (message: string) => lines.push(message)
  const log: Log = { debug: note, info: note, warn: note, error: note }
  let changes = 0
  const onChange = () => {
    changes++
  }
  const stored = openStoredKeys({ file, mayBeMissing: false, log, onChange, ...more })
  const alive = setInterval(() => {}, 1000)
  t.teardown(() => {
    clearInterval(alive)
    stored.close()
  })
  return { stored, lines, changes: () => changes }
}

t.test('the default store need not be there, and counts once it is', async (t) => {
  const file = storeIn(t)
  t.throws(() => follow(t, file), { name: 'ConfigError', message: /auth\.keyStore.*MCP_KEYS_FILE/ })
  const { stored, changes } = follow(t, file, { mayBeMissing: true })
  t.strictSame(stored.current(), [])
  await changeKeyStore(file, () => [storedKey('a', { scopes: ['x'], tools: ['get_*'] })])
  await until(() => changes() > 0, 'the store was read again')
  t.match(stored.current(), [
    { principal: { id: 'a', kind: 'key', scopes: ['x'], tools: ['get_*'] } }
  ])
  await changeKeyStore(file, () => [])
  await until(() => changes() > 1, 'the store was read again')
  t.strictSame(stored.current(), [], 'revoked')
})

t.test('age: a warning from 80 days, an end by date or by the greatest age', async (t) => {
  const file = storeIn(t)
  const aged = (name: string, days: number, more: Partial<StoredKey> = {}) =>
    storedKey(name, { created: new Date(Date.now() - days * dayMs - 1000).toISOString(), ...more })
  const keys = [
    aged('young', 79),
    aged('due', 80),
    aged('old', 120),
    aged('over', 1, { expires: new Date(Date.now() - 1000).toISOString() }),
    aged('going', 1, { expires: new Date(Date.now() + dayMs).toISOString() })
  ]
  await changeKeyStore(file, () => keys)
  const free = follow(t, file)
  const isOver = (stored: typeof free.stored) =>
    stored.current().map(({ expiresAtMs = Infinity }) => expiresAtMs <= Date.now())
  t.strictSame(isOver(free.stored), [false, false, false, true, false])
  t.match(free.lines, [
    /^key due \(.{8}\): 80 days old: rotate it$/,
    /^key old .* 120 days old/,
    /^key over .* expired$/
  ])
  t.equal(free.lines.length, 3)
  const strict = follow(t, file, { maxAgeDays: 90 })
  t.strictSame(isOver(strict.stored), [false, false, true, true, false])
})

t.test(
  'the last use is kept, by the day, and a store that cannot be written is no failure',
  async (t) => {
    const file = storeIn(t)
    await changeKeyStore(file, () => [storedKey('used'), storedKey('unused')])
    const { stored } = follow(t, file)
    stored.current()[0]?.noteUse?.()
    t.equal(readKeyStore(file)[0]?.lastUsed, undefined, 'not by the call itself')
    stored.close()
    await until(() => readKeyStore(file)[0]?.lastUsed !== undefined, 'the last use is kept')
    const today = new Date().toISOString().slice(0, 10)
    t.match(readKeyStore(file), [
      { name: 'used', lastUsed: /^\d{4}-\d{2}-\d{2}$/ },
      { name: 'unused' }
    ])
    t.ok((readKeyStore(file)[0]?.lastUsed ?? '') <= today)
    t.notOk('lastUsed' in (readKeyStore(file)[1] ?? {}))

    const second = follow(t, file)
    second.stored.current()[1]?.noteUse?.()
    writeFileSync(file, 'not a store')
    second.stored.close()
    await until(() => second.lines.some((line) => line.includes('last use')), 'a line of the log')
  }
)
