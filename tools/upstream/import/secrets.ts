import { isRecord } from '../../../src/json.ts'
import { createRedactor } from '../../../src/redact.ts'
import type { Report } from '../configuration/issue.ts'
import type { Tree } from '../configuration/tree.ts'

/** A variable that the operator has to set, and where its value stands in the imported file. */
export interface NeededVariable {
  readonly variable: string
  readonly path: string
}

export interface Vault {
  /** A reference in place of a secret. */
  keep(variable: string, value: string, path: readonly string[]): { readonly env: string }
  list(): readonly NeededVariable[]
}

/** Gives each secret a variable of its own; equal secrets under one name share it. */
export function createVault(): Vault {
  const kept = new Map<string, NeededVariable & { readonly value: string }>()
  return {
    keep(wanted, value, path) {
      const [server = ''] = path
      const names = [wanted, toVariable(`${server}_${wanted}`)]
      for (let count = 2; ; count++) {
        const variable = names.shift() ?? toVariable(`${server}_${wanted}_${count}`)
        const other = kept.get(variable)
        if (other && other.value !== value) continue
        if (!other) kept.set(variable, { variable, path: path.join('.'), value })
        return { env: variable }
      }
    },
    list: () => [...kept.values()].map(({ variable, path }) => ({ variable, path }))
  }
}

function toVariable(text: string): string {
  const name = text
    .toUpperCase()
    .replace(/[^A-Z\d]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return /^[A-Z]/.test(name) ? name : `SERVER_${name}`
}

/** A server in our form whose secrets are references; what cannot be one is reported. */
export function hideSecrets(name: string, entry: Tree, vault: Vault, report: Report): Tree {
  const result: Record<string, unknown> = { ...entry }
  const hideIn = (field: 'env' | 'headers', variableOf: (key: string) => string): void => {
    const values = entry[field]
    if (!isRecord(values)) return
    const hidden = Object.entries(values).map(([key, value]) => {
      const path = [name, field, key]
      return [key, hide(key, value, () => variableOf(key), path, vault, report)] as const
    })
    result[field] = Object.fromEntries(hidden)
  }
  hideIn('env', (key) => key)
  hideIn('headers', (key) => toVariable(`${name}_${key}`))
  const token = entry.auth_token
  if (typeof token === 'string') {
    delete result.auth_token
    const kept = vault.keep(inputOf(token) ?? toVariable(`${name}_TOKEN`), token, [name, 'token'])
    result.auth = { scheme: 'bearer', token: kept }
  } else if (isRecord(token)) {
    delete result.auth_token
    result.auth = { scheme: 'bearer', token }
  }
  if (isRecord(result.auth)) result.auth = hideAuth(name, result.auth, vault)
  reportVisible(name, entry.args, report)
  return result
}

function hideAuth(name: string, auth: Tree, vault: Vault): Tree {
  const fields = Object.entries(auth).map(([key, value]) => {
    const isSecret = (key === 'token' || key === 'clientSecret') && typeof value === 'string'
    const variable = toVariable(`${name}_${key === 'token' ? 'TOKEN' : 'CLIENT_SECRET'}`)
    return [key, isSecret ? vault.keep(variable, value, [name, 'auth', key]) : value] as const
  })
  return Object.fromEntries(fields)
}

function hide(
  key: string,
  value: unknown,
  variable: () => string,
  path: readonly string[],
  vault: Vault,
  report: Report
): unknown {
  if (typeof value !== 'string' || value === '') return value
  const input = inputOf(value)
  if (input !== undefined) return vault.keep(input, value, path)
  if (looksSecret(key, value)) return vault.keep(variable(), value, path)
  if (/\$\{[^}]*\}/.test(value)) report('unexpanded', path)
  return value
}

/** VS Code asks for `${input:ID}` when it starts the server; here a variable answers. */
function inputOf(text: string): string | undefined {
  const id = /^\$\{input:([^}]+)\}$/.exec(text)?.[1]
  return id === undefined ? undefined : toVariable(id)
}

/** Rather too often: a variable too many does no harm. */
function looksSecret(key: string, value: string): boolean {
  const { isSensitiveName, text } = createRedactor()
  const isNamed = isSensitiveName(key) || /key|token|secret|pass|pwd|auth|cookie|cred/i.test(key)
  return isNamed || text(value) !== value
}

/** Words of a command line cannot be references. */
function reportVisible(name: string, args: unknown, report: Report): void {
  if (!Array.isArray(args)) return
  const { isSensitiveName, text } = createRedactor()
  for (const [index, word] of args.entries()) {
    const before = String(args[index - 1] ?? '')
    const isAnswer = before.startsWith('-') && isSensitiveName(before.replace(/^-+/, ''))
    if (isAnswer || text(String(word)) !== word) report('visible_secret', [name, 'args', index])
  }
}
