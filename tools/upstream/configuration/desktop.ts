import { isRecord } from '../../../src/json.ts'
import type { Report } from './issue.ts'
import type { Tree } from './tree.ts'

/** Our field for each name that desktop clients and other gateways use. */
const names = new Map([
  ['url', 'endpoint'],
  ['httpUrl', 'endpoint'],
  ['serverUrl', 'endpoint'],
  ['endpoint', 'endpoint'],
  ['type', 'connection_type'],
  ['transport', 'connection_type'],
  ['connection_type', 'connection_type'],
  ['command', 'command'],
  ['args', 'args'],
  ['env', 'env'],
  ['environment', 'env'],
  ['cwd', 'cwd'],
  ['headers', 'headers'],
  ['timeout', 'timeout'],
  ['enabled', 'enabled'],
  ['bearerToken', 'auth_token'],
  ['auth_token', 'auth_token'],
  ['auth', 'auth'],
  ['metadata', 'metadata']
])

/**
 * One server of an `mcpServers` block in our form: other names for the same fields, milliseconds,
 * references to variables. What has no counterpart is reported and left out.
 */
export function translateDesktopEntry(name: string, entry: Tree, report: Report): Tree {
  const result = renameFields(name, entry, report)
  readTimeout(name, result, report)
  // `local` and `remote` say no more than command and URL do.
  if (/^(?:local|remote)$/.test(String(result.connection_type))) delete result.connection_type
  for (const field of ['env', 'headers'] as const) {
    if (isRecord(result[field])) result[field] = mapValues(result[field], toReference)
  }
  if (!('command' in result)) moveAuthorization(result)
  if ('auth_token' in result) result.auth_token = toReference(result.auth_token)
  return result
}

type Draft = Record<string, unknown>

function renameFields(name: string, entry: Tree, report: Report): Draft {
  const result: Draft = Object.create(null)
  for (const [key, value] of Object.entries(entry)) {
    const field = names.get(key)
    // Some write all fields and leave those of the other kind blank.
    if (isBlank(value)) continue
    if (key === 'disabled') result.enabled = value !== true
    else if (field === undefined) report('ignored_field', [name, key])
    else if (field in result) report('field', [name, key], 'given under two names')
    else result[field] = value
  }
  return result
}

function isBlank(value: unknown): boolean {
  const isEmptyList = Array.isArray(value) && value.length === 0
  const isEmptyTree = isRecord(value) && Object.keys(value).length === 0
  return value === null || value === '' || isEmptyList || isEmptyTree
}

/** Gemini CLI counts milliseconds, others seconds; no timeout of ours is as long as 1000 s. */
function readTimeout(name: string, entry: Draft, report: Report): void {
  if (typeof entry.timeout !== 'number' || !(entry.timeout >= 1000)) return
  report('timeout_unit', [name, 'timeout'])
  entry.timeout = Math.min(300, entry.timeout / 1000)
}

function mapValues(tree: Tree, change: (value: unknown) => unknown): Tree {
  const result: Draft = Object.create(null)
  for (const [key, value] of Object.entries(tree)) result[key] = change(value)
  return result
}

/** `${NAME}`, `${env:NAME}` and `$NAME` stand for a variable when they are the whole value. */
function toReference(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const match = /^\$(?:\{(?:env:)?([a-z_]\w*)\}|([a-z_]\w*))$/i.exec(value)
  const variable = match?.[1] ?? match?.[2]
  return variable === undefined ? value : { env: variable }
}

/** `Authorization: Bearer …` is what `auth` is for; there, the token alone may be a reference. */
function moveAuthorization(entry: Draft): void {
  const { headers } = entry
  if (!isRecord(headers) || entry.auth_token !== undefined) return
  const key = Object.keys(headers).find((name) => name.toLowerCase() === 'authorization')
  const value = key === undefined ? undefined : headers[key]
  const token = typeof value === 'string' ? /^bearer +(\S+)$/i.exec(value)?.[1] : undefined
  if (key === undefined || token === undefined) return
  entry.auth_token = token
  const rest = Object.entries(headers).filter(([name]) => name !== key)
  if (rest.length > 0) entry.headers = Object.fromEntries(rest)
  else delete entry.headers
}
