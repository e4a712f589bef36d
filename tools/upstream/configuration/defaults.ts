import { isRecord } from '../../../src/json.ts'
import type { Report } from './issue.ts'
import { checkTimeout } from './timeout.ts'
import type { Tree } from './tree.ts'

/** What may stand beside the servers; everything else there is a server. */
const reserved = new Set([
  'timeout',
  'auth_token',
  'default_timeout',
  'health_check_interval',
  'max_retries',
  'metadata'
])

/** What counts for every server that does not say otherwise. */
export interface Defaults {
  readonly timeoutMs?: number
  readonly token?: string
  readonly healthMs?: number
  readonly retries?: number
}

export function isReserved(name: string): boolean {
  return reserved.has(name)
}

/** Reads the settings among the servers; `timeout` is another word for `default_timeout`. */
export function readDefaults(settings: Tree, report: Report): Defaults {
  reportLostServers(settings, report)
  const timeoutMs = checkTimeout(settings.timeout, ['timeout'], report)
  const defaultMs = checkTimeout(settings.default_timeout, ['default_timeout'], report) ?? timeoutMs
  const healthMs = readNumber(settings, 'health_check_interval', 1, 86_400, report)
  const retries = readNumber(settings, 'max_retries', 0, 10, report)
  const token = readToken(settings.auth_token, report)
  if (settings.metadata !== undefined && !isRecord(settings.metadata)) {
    report('wrong_setting', ['metadata'], 'expected an object')
  }
  return {
    ...(defaultMs !== undefined && { timeoutMs: defaultMs }),
    ...(token !== undefined && { token }),
    ...(healthMs !== undefined && { healthMs: healthMs * 1000 }),
    ...(retries !== undefined && { retries })
  }
}

function reportLostServers(settings: Tree, report: Report): void {
  for (const [name, value] of Object.entries(settings)) {
    const isServer = isRecord(value) && ('endpoint' in value || 'command' in value)
    if (isServer && reserved.has(name)) report('reserved_name', [name], 'for a setting')
  }
}

/** An unset variable of the old library's examples reads null. */
function readToken(value: unknown, report: Report): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && value !== '') return value
  report('wrong_setting', ['auth_token'], 'expected a text')
  return undefined
}

function readNumber(
  settings: Tree,
  key: string,
  min: number,
  max: number,
  report: Report
): number | undefined {
  const value = settings[key]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
    return value
  }
  report('wrong_setting', [key], `expected a whole number from ${min} to ${max}`)
  return undefined
}
