import { type DestinationStream, destination, pino } from 'pino'
import { redact, redactText } from './redact.ts'
import type { Log } from './types.ts'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogThreshold = (typeof logLevels)[number]

/** Where log and audit lines go: standard error, written at once, never standard output. */
export function openStandardError(): DestinationStream {
  const stream = destination({ dest: 2, sync: true })
  // A closed standard error must not end the server.
  stream.on('error', () => {})
  return stream
}

/** One JSON line per message: timestamp (ISO), level (upper case), fields, msg. */
export function createLog(
  options: { level: LogThreshold; redact: boolean },
  stream: DestinationStream = openStandardError()
): Log {
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) }
    },
    stream
  )
  type Fields = Readonly<Record<string, unknown>>
  const clean = (fields: Fields): object => (options.redact ? (redact(fields) as object) : fields)
  const cleanText = (text: string): string => (options.redact ? redactText(text) : text)
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Fields = {}): void => {
      if (logger.isLevelEnabled(level)) logger[level](clean(fields), cleanText(message))
    }
  return Object.freeze({
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error')
  })
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
