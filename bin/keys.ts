import { digestOf } from '../src/auth.ts'
import { hintAt } from '../src/catalogue/nearest.ts'
import { ConfigError } from '../src/config-error.ts'
import { generateKey } from '../src/identity/api-key.ts'
import {
  changeKeyStore,
  keyIdOf,
  keyNameShape,
  readKeyStore,
  resolveKeyStore,
  type StoredKey,
  scopeShape,
  toolGlobShape
} from '../src/identity/key-store.ts'
import { describeAge, describeStoreError } from '../src/identity/stored-keys.ts'
import type { Config } from '../src/settings.ts'
import type { CommandLine } from './command-line.ts'

const usage =
  'keys: use keys create --name N [--scopes s,…] [--tools globs] [--expires DATE], ' +
  'keys list [--json], or keys revoke NAME|ID'
/** Principals with a meaning of their own; a key of that name would be mistaken for them. */
const reservedNames = /^(?:env|key-\d+|generated|local|anonymous)$/

/**
 * `keys create|list|revoke`: the key goes to stdout, once; what people read goes to stderr. Returns
 * the exit code.
 */
export async function runKeys({ auth }: Config, line: CommandLine): Promise<number> {
  const [verb, name, ...rest] = line.words
  const file = resolveKeyStore(auth.keyStore)
  if (verb === 'create' && name === undefined) {
    const { key, stored } = makeKey(line.key)
    await changeStore(file, (keys) => [...keys, stored])
    process.stdout.write(`${key}\n`)
    process.stderr.write(
      `Key ${keyIdOf(stored)} for ${stored.name}. It is shown only now; ${file} keeps its digest.\n`
    )
  } else if (verb === 'list' && name === undefined) {
    process.stdout.write(listKeys(await readStore(file), line.json, auth.keyMaxAgeDays))
  } else if (verb === 'revoke' && name !== undefined && rest.length === 0) {
    await changeStore(file, (keys) => {
      const revoked = findKey(keys, name)
      return keys.filter((key) => key !== revoked)
    })
    process.stderr.write(`Revoked ${name}. Running servers notice within two seconds.\n`)
  } else {
    throw new ConfigError(usage)
  }
  return 0
}

function makeKey({ name, scopes, tools, expires }: CommandLine['key']) {
  if (name === undefined || !keyNameShape.test(name)) {
    throw new ConfigError('keys create --name: must be 1 to 64 letters, digits or . _ @ -')
  }
  if (reservedNames.test(name)) throw new ConfigError(`keys create --name: ${name} is reserved`)
  checkItems('--scopes', scopes, scopeShape, 'scopes such as schedules.read')
  checkItems('--tools', tools, toolGlobShape, 'tool names in which * stands for any characters')
  const key = generateKey()
  const stored: StoredKey = {
    name,
    sha256: digestOf(key),
    ...(scopes && { scopes: [...scopes] }),
    ...(tools && { tools: [...tools] }),
    created: new Date().toISOString(),
    ...(expires !== undefined && { expires: readExpiry(expires) })
  }
  return { key, stored }
}

function checkItems(
  flag: string,
  items: readonly string[] | undefined,
  shape: RegExp,
  wanted: string
): void {
  const bad = items?.find((item) => !shape.test(item))
  if (bad !== undefined) throw new ConfigError(`keys create ${flag}: must be ${wanted}`)
}

/** A day counts to its end (UTC); a time counts as it is. */
function readExpiry(text: string): string {
  const dayMs = 86_400_000
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const isTime = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text)
  const atMs = isDay || isTime ? Date.parse(text) : Number.NaN
  // Date.parse takes 30 February for 1 March.
  const isReal = !Number.isNaN(atMs) && (isTime || new Date(atMs).toISOString().startsWith(text))
  const endsAtMs = isDay ? atMs + dayMs : atMs
  if (!isReal || endsAtMs <= Date.now()) {
    throw new ConfigError('keys create --expires: must be a date to come, such as 2030-12-31')
  }
  return new Date(endsAtMs).toISOString()
}

/** By name when one key has it, else by the id or its beginning. Throws a ConfigError. */
function findKey(keys: readonly StoredKey[], wanted: string): StoredKey {
  const named = keys.filter(({ name }) => name === wanted)
  const matching = named.length > 0 ? named : keys.filter((key) => isIdOf(key, wanted))
  const [found, second] = matching
  if (found && !second) return found
  if (!found) {
    const names = keys.map(({ name }) => name)
    throw new ConfigError(`keys revoke: no key is called ${wanted}${hintAt(wanted, names)}`)
  }
  const ids = matching.map((key) => `${keyIdOf(key)} (created ${key.created.slice(0, 10)})`)
  throw new ConfigError(
    `keys revoke: ${wanted} stands for several keys, give one of their ids: ${ids.join(', ')}`
  )
}

function isIdOf({ sha256 }: StoredKey, text: string): boolean {
  return /^[0-9a-f]{4,64}$/.test(text) && sha256.startsWith(text)
}

function listKeys(keys: readonly StoredKey[], asJson: boolean, maxAgeDays?: number): string {
  const rows = keys.map((key) => {
    const { name, scopes, tools, created, expires, lastUsed } = key
    const note = describeAge(key, maxAgeDays)
    return { name, id: keyIdOf(key), scopes, tools, created, expires, lastUsed, note }
  })
  if (asJson) return `${JSON.stringify(rows, null, 2)}\n`
  const table = [
    ['NAME', 'ID', 'SCOPES', 'TOOLS', 'CREATED', 'EXPIRES', 'LAST USED', ''],
    ...rows.map(({ name, id, scopes, tools, created, expires, lastUsed, note }) => [
      name,
      id,
      scopes?.join(',') ?? 'all',
      tools?.join(',') ?? 'all',
      created.slice(0, 10),
      expires?.slice(0, 16).replace('T', ' ') ?? 'never',
      lastUsed ?? 'never',
      note ?? ''
    ])
  ]
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0))
  )
  return table
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`)
    .map((text) => `${text.trimEnd()}\n`)
    .join('')
}

async function readStore(file: string): Promise<readonly StoredKey[]> {
  try {
    return readKeyStore(file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw describeStoreError(file, cause)
  }
}

async function changeStore(
  file: string,
  change: (keys: readonly StoredKey[]) => readonly StoredKey[]
): Promise<void> {
  try {
    await changeKeyStore(file, change)
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : describeStoreError(file, cause)
  }
}
