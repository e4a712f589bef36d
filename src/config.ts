import { z } from 'zod'
import { ConfigError, reasonOf } from './config-error.ts'
import { isRecord } from './json.ts'
import { sourcesOf } from './settings/setting.ts'
import { isBoolean, readSettingText } from './settings/setting-text.ts'
import { findLateAttempts, findOpenDoors, findWeakSettings } from './settings/weak-settings.ts'
import { type Config, settingsSchema } from './settings.ts'

type Given = string | readonly string[]

export interface ConfigInput {
  /** Flags by name with their text, such as `--port` → `8080`; a list where items were given. */
  readonly flags: ReadonlyMap<string, Given>
  readonly env: Readonly<Record<string, string | undefined>>
  /** The parsed configuration file. */
  readonly file?: unknown
  /** Reads the file behind a `{ file: PATH }` secret. */
  readonly readSecret?: (path: string) => string
}

export interface LoadedConfig {
  readonly config: Config
  /** Per key the flag, variable, `file` or `default` that its value came from. */
  readonly origins: ReadonlyMap<string, string>
  /** Lines to log at the start, such as aliases that disagree. */
  readonly warnings: readonly string[]
}

interface Leaf {
  readonly key: string
  readonly schema: z.ZodType
}

/** Every setting with its dotted key. */
export function listSettings(schema: z.ZodObject = settingsSchema, parent = ''): readonly Leaf[] {
  return Object.entries(schema.shape).flatMap(([name, child]) => {
    const key = parent === '' ? name : `${parent}.${name}`
    const inner = child instanceof z.ZodPrefault ? child.unwrap() : child
    return inner instanceof z.ZodObject ? listSettings(inner, key) : [{ key, schema: child }]
  })
}

/** Layers flag over environment over file over default. Throws a ConfigError. */
export function loadConfig(input: ConfigInput): LoadedConfig {
  if (input.file !== undefined && !isRecord(input.file)) {
    throw new ConfigError('configuration file: must be a mapping of settings')
  }
  const layered = structuredClone(input.file ?? {}) as Record<string, unknown>
  const origins = new Map<string, string>()
  const warnings: string[] = []
  for (const leaf of listSettings()) applyLeaf(leaf, input, layered, origins, warnings)
  const parsed = settingsSchema.safeParse(layered)
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(describe(origins)).join('; '))
  const weak = findWeakSettings(parsed.data)
  const refused = [...weak, ...findOpenDoors(parsed.data)]
  if (parsed.data.env === 'production' && refused.length > 0) {
    throw new ConfigError(refused.join('; '))
  }
  // The defaults do not fit either, and are meant so; whoever chose one of them may not know.
  const isChosen = deadlines.some((key) => origins.get(key) !== 'default')
  const late = isChosen ? findLateAttempts(parsed.data) : []
  return { config: deepFreeze(parsed.data), origins, warnings: [...warnings, ...weak, ...late] }
}

const deadlines = ['api.attempts', 'api.timeoutMs', 'limits.callTimeoutMs']

function applyLeaf(
  { key, schema }: Leaf,
  input: ConfigInput,
  layered: Record<string, unknown>,
  origins: Map<string, string>,
  warnings: string[]
): void {
  const { from, unit, secret } = sourcesOf(schema)
  const given = from
    .map((source) => ({ source, text: readSource(source, input) }))
    .filter(
      (candidate): candidate is { source: string; text: Given } => candidate.text !== undefined
    )
  const [winner] = given
  const read = (text: Given): unknown =>
    typeof text === 'string' ? readSettingText(schema, text, unit) : text
  // Among themselves, whoever wins: without the flag tomorrow one of them would.
  const [first, ...others] = given.filter(({ source }) => !source.startsWith('--'))
  const loser = others.find(({ text }) => first && !isSame(schema, read(text), read(first.text)))
  if (winner && first && loser) {
    const names = `${first.source} and ${loser.source}`
    warnings.push(`config.alias_conflict: ${names} differ; ${winner.source} counts`)
  }
  if (winner) {
    setAt(layered, key, read(winner.text))
    origins.set(key, winner.source)
    return
  }
  const inFile = getAt(layered, key)
  origins.set(key, inFile === undefined ? 'default' : 'file')
  if (secret) setAt(layered, key, resolveSecrets(key, inFile, input, read))
  // YAML 1.2 reads `yes` and `off` as texts.
  if (isBoolean(schema) && typeof inFile === 'string') setAt(layered, key, read(inFile))
}

function readSource(source: string, input: ConfigInput): Given | undefined {
  const text = source.startsWith('--') ? input.flags.get(source) : input.env[source]
  // An empty variable counts as unset, as in most deployment tools; so does `--http` alone.
  const isUnset = text === '' && (!source.startsWith('--') || source === '--http')
  return isUnset ? undefined : text
}

/** A secret, or a list of them, each perhaps a reference. */
function resolveSecrets(
  key: string,
  inFile: unknown,
  input: ConfigInput,
  read: (text: string) => unknown
): unknown {
  if (isRecord(inFile)) return read(resolveReference(key, inFile, input))
  if (!Array.isArray(inFile)) return inFile
  return inFile.map((item) => (isRecord(item) ? resolveReference(key, item, input) : item))
}

function resolveReference(
  key: string,
  reference: Record<string, unknown>,
  input: ConfigInput
): string {
  const { env, file } = reference
  const text =
    typeof env === 'string'
      ? input.env[env]
      : typeof file === 'string'
        ? readSecretFile(key, file, input)
        : undefined
  if (text === undefined || text === '') {
    throw new ConfigError(`${key}: { env: NAME } or { file: PATH } must lead to a value`)
  }
  return text
}

function readSecretFile(key: string, file: string, input: ConfigInput): string | undefined {
  try {
    return input.readSecret?.(file).trim()
  } catch (cause) {
    throw new ConfigError(`${key}: { file: ${file} }: ${reasonOf(cause)}`, { cause })
  }
}

/** Two texts mean the same when the schema makes the same of them: `warn` and `WARNING`. */
function isSame(schema: z.ZodType, one: unknown, other: unknown): boolean {
  const [a, b] = [schema.safeParse(one), schema.safeParse(other)]
  return JSON.stringify(a.success ? a.data : one) === JSON.stringify(b.success ? b.data : other)
}

function describe(origins: ReadonlyMap<string, string>): (issue: z.core.$ZodIssue) => string {
  return (issue) => {
    if (issue.code === 'unrecognized_keys') {
      const names = issue.keys.map((name) => [...issue.path, name].join('.'))
      return `unknown setting ${names.join(', ')}: remove it or correct its name`
    }
    const key = settingOf(issue.path, origins)
    const origin = origins.get(key)
    const from = origin && origin !== 'file' && origin !== 'default' ? ` (${origin})` : ''
    return `${key}${from}: ${issue.message}`
  }
}

/** The setting that a path leads to or into: `http.trustProxy` for its first item. */
function settingOf(path: readonly PropertyKey[], origins: ReadonlyMap<string, string>): string {
  const keys = path.map((_, index) => path.slice(0, index + 1).join('.'))
  return keys.find((key) => origins.has(key)) ?? path.join('.')
}

/** What a tree has at a dotted key. */
export function getAt(tree: Readonly<Record<string, unknown>>, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((node, part) => (isRecord(node) ? node[part] : undefined), tree)
}

function setAt(tree: Record<string, unknown>, key: string, value: unknown): void {
  const parts = key.split('.')
  const last = parts.pop() ?? key
  let node = tree
  for (const part of parts) {
    const child = node[part]
    if (isRecord(child)) node = child
    else if (child !== undefined) throw new ConfigError(`${part}: must be a mapping of settings`)
    else {
      const made: Record<string, unknown> = {}
      node[part] = made
      node = made
    }
  }
  node[last] = value
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child)
    Object.freeze(value)
  }
  return value
}
