import { createRequire } from 'node:module'
import type { Logger } from 'pino'
import { type LineSink, openStandardError } from './line-sink.ts'
import { redact, redactText } from './redact.ts'
import type { Log } from './types.ts'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogThreshold = (typeof logLevels)[number]

/** One JSON line per message: timestamp (ISO), level (upper case), fields, msg. */
export function createLog(
  options: { level: LogThreshold; redact: boolean },
  sink: Pick<LineSink, 'write'> = openStandardError()
): Log {
  let opened: Logger | undefined
  // With the first line: a quiet stdio start does without the time that loading pino takes.
  const logger = (): Logger => {
    opened ??= openLogger(options.level, sink)
    return opened
  }
  type Fields = Readonly<Record<string, unknown>>
  const threshold = logLevels.indexOf(options.level)
  const isEnabled = (level: LogThreshold): boolean => logLevels.indexOf(level) >= threshold
  const clean = (fields: Fields): object => (options.redact ? cleanFields(fields) : fields)
  const cleanText = (text: string): string => (options.redact ? redactText(text) : text)
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Fields = {}): void => {
      if (isEnabled(level)) logger()[level](clean(fields), cleanText(message))
    }
  return Object.freeze({
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error')
  })
}

/** Fields whose values are made by the server itself. */
const ownFields = new Set(['request_id', 'trace_id', 'duration_ms', 'status', 'http_status'])

function cleanFields(fields: Readonly<Record<string, unknown>>): object {
  const own: Record<string, unknown> = {}
  const others: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    if (ownFields.has(key)) own[key] = value
    else others[key] = value
  }
  return { ...own, ...(redact(others) as object) }
}

function openLogger(level: LogThreshold, sink: Pick<LineSink, 'write'>): Logger {
  const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino')
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) }
    },
    sink as import('pino').DestinationStream
  )
}

/** What the log keeps of an error: its name, message, stack and causes; never its other properties. */
export function describeError(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { thrown: typeof error, text: String(error) }
  return {
    name: error.name,
    message: error.message,
    stack: error.stack?.split('\n').slice(1, 9).join('\n'),
    ...(error.cause !== undefined && depth < 3 && { cause: describeError(error.cause, depth + 1) })
  }
}
