import { createRequire } from 'node:module'
import type { Logger } from 'pino'
import { showUnseen } from './json-text.ts'
import { reduceError } from './output/error-record.ts'
import { type LineSink, openStandardError } from './output/line-sink.ts'
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
const maxNameLength = 64

/**
 * One JSON line per message: level (upper case), timestamp (ISO), fields, msg. Fields are texts,
 * numbers, booleans and errors; of anything else only the type is told.
 */
export function createLog(
  options: LogOptions,
  sink: Pick<LineSink, 'write'> = openStandardError()
): Log {
  const { level, redact } = options
  const redactor = createRedactor()
  const threshold = logLevels.indexOf(level)
  let opened: Logger | undefined
  // With the first line: a quiet stdio start does without the time that loading pino takes.
  const logger = (): Logger => {
    opened ??= openLogger(options, sink)
    return opened
  }

  function show(name: string, value: unknown): unknown {
    if (value instanceof Error) return showError(value)
    if (value === undefined || typeof value === 'number') return value
    if (redact && redactor.isSensitiveName(name)) return censored
    if (typeof value === 'string') return cleanText(value)
    return value === null || typeof value === 'boolean' ? value : `[${typeof value}]`
  }

  function showError(error: Error): object {
    if (redact) return reduceError(error)
    return { ...reduceError(error), message: error.message, stack: error.stack }
  }

  function cleanText(text: string): string {
    const short = text.slice(0, maxTextLength)
    return redact ? redactor.text(short) : short
  }

  const at =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void => {
      if (logLevels.indexOf(name) < threshold) return
      const shown: Record<string, unknown> = {}
      for (const key in fields) shown[key.slice(0, maxNameLength)] = show(key, fields[key])
      logger()[name](shown, cleanText(message))
    }
  return Object.freeze({
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error')
  })
}

function openLogger({ level, redact, clean }: LogOptions, sink: Pick<LineSink, 'write'>): Logger {
  const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino')
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) }
    },
    {
      write(line) {
        const visible = showUnseen(line)
        sink.write(redact && clean ? clean(visible) : visible)
      }
    }
  )
}

/** Whatever was thrown, as a field of a log line; the log reduces it to class, code and frames. */
export function describeError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new TypeError(`thrown ${typeof thrown}`)
}
