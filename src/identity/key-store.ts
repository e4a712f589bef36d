import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { changeFile } from '../files/changed-file.ts'
import { readPrivateFile } from '../files/private-file.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal')
const time = z.iso.datetime({ offset: true })

/** RFC 6749 §3.3: what a scope may consist of. */
export const scopeShape = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/
/** A tool's name in which `*` stands for any run of characters. */
export const toolGlobShape = /^[\w*-]{1,64}$/
export const keyNameShape = /^[\w.@-]{1,64}$/

const storedKey = z.strictObject({
  name: z.string().regex(keyNameShape),
  sha256: digest,
  /** Undefined: every scope. */
  scopes: z.array(z.string().regex(scopeShape)).optional(),
  /** Globs; undefined: every tool. */
  tools: z.array(z.string().regex(toolGlobShape)).optional(),
  created: time,
  expires: time.optional(),
  /** Coarse: a day. */
  lastUsed: z.iso.date().optional()
})
const storeSchema = z.strictObject({ version: z.literal(1), keys: z.array(storedKey) })

export type StoredKey = Readonly<z.output<typeof storedKey>>

/** Short enough to type, long enough to be told from the others. */
export function keyIdOf({ sha256 }: StoredKey): string {
  return sha256.slice(0, 8)
}

/** `~/` at the beginning is the home directory. */
export function resolveKeyStore(file: string): string {
  return file.startsWith('~/') ? join(homedir(), file.slice(2)) : file
}

/** The keys in a store. Throws when it is missing, open to others or not a store. */
export function readKeyStore(file: string): readonly StoredKey[] {
  return parseKeys(readPrivateFile(file))
}

function parseKeys(text: string): readonly StoredKey[] {
  const parsed = storeSchema.safeParse(parse(text))
  if (parsed.success) return parsed.data.keys
  // Path and message only: the values are digests, but the file may be another one by mistake.
  const [issue] = parsed.error.issues
  throw new Error(`is no key store: ${issue?.path.join('.') || 'the whole'}: ${issue?.code}`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('is no key store: not valid JSON')
  }
}

/**
 * Replaces the keys of a store by what `change` makes of them, all or nothing; processes that
 * change it at once come one after the other. A store that is missing is created with mode 600.
 */
export async function changeKeyStore(
  file: string,
  change: (keys: readonly StoredKey[]) => readonly StoredKey[]
): Promise<void> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  await changeFile({ file, mode: 0o600, read: readPrivateFile }, (text) => {
    const before = text === undefined ? [] : parseKeys(text)
    const after = change(before)
    return after === before
      ? undefined
      : `${JSON.stringify({ version: 1, keys: after }, null, 2)}\n`
  })
}
