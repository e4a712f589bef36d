import { reduceError } from './error-record.ts'
import { quote, showScalar } from './json-text.ts'
import { type LineSink, openStandardError } from './line-sink.ts'
import { censored, createRedactor } from './redact.ts'
import type { Log, LogFields } from './types.ts'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogThreshold = (typeof logLevels)[number]

export interface LogOptions {
  readonly level: LogThreshold
  readonly redact: boolean
  /** The second line against secrets, over the finished line. */
  readonly clean?: (text: string) => string
}

const maxTextLength = 1024

/**
 * One JSON line per message: level (upper case), timestamp (ISO), fields, msg. Fields are texts,
 * numbers, booleans and errors; of anything else only the type is told.
 */
export function createLog(
  { level, redact, clean }: LogOptions,
  sink: Pick<LineSink, 'write'> = openStandardError()
): Log {
  const redactor = createRedactor()
  const threshold = logLevels.indexOf(level)

  function show(name: string, value: unknown): string | undefined {
    if (value instanceof Error) return showError(value)
    if (value === undefined || typeof value === 'number') return showScalar(value)
    if (redact && redactor.isSensitiveName(name)) return `"${censored}"`
    if (typeof value === 'string') return quote(cleanText(value))
    return showScalar(value) ?? `"[${typeof value}]"`
  }

  function showError(error: Error): string {
    if (redact) return JSON.stringify(reduceError(error))
    return JSON.stringify({ ...reduceError(error), message: error.message, stack: error.stack })
  }

  function cleanText(text: string): string {
    const short = text.slice(0, maxTextLength)
    return redact ? redactor.text(short) : short
  }

  function write(label: string, message: string, fields: LogFields): void {
    let line = `{"level":"${label}","timestamp":"${new Date().toISOString()}"`
    for (const name in fields) {
      const shown = show(name, fields[name])
      if (shown !== undefined) line += `,${quote(name.slice(0, 64))}:${shown}`
    }
    line += `,"msg":${quote(cleanText(message))}}\n`
    sink.write(redact && clean ? clean(line) : line)
  }

  const at =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void => {
      if (logLevels.indexOf(name) >= threshold) write(name.toUpperCase(), message, fields)
    }
  return Object.freeze({
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error')
  })
}

/** Whatever was thrown, as a field of a log line; the log reduces it to class, code and frames. */
export function describeError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new TypeError(`thrown ${typeof thrown}`)
}
