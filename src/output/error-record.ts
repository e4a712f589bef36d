import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '../config-error.ts'
import { Refusal } from '../errors.ts'

/** What the log keeps of an error. Its message may hold anything, and its other properties, too. */
export interface ErrorRecord {
  readonly name: string
  readonly code?: string
  /** Of our own errors only, whose texts hold no value from outside. */
  readonly message?: string
  readonly frames?: readonly string[]
  readonly cause?: ErrorRecord
}

const maxFrames = 8
const maxCauses = 3

/** Reduces an error to its class, its code, where it was thrown, and the same of its causes. */
export function reduceError(error: unknown, depth = 0): ErrorRecord {
  if (!(error instanceof Error)) return { name: `thrown ${typeof error}` }
  const { code, message, stack, cause } = read(error)
  const isOwn = error instanceof ConfigError || error instanceof Refusal
  return {
    name: classOf(error),
    ...(typeof code === 'string' && codeShape.test(code) && { code }),
    ...(isOwn && { message }),
    frames: readFrames(String(stack), String(message)),
    ...(cause !== undefined && depth < maxCauses && { cause: reduceError(cause, depth + 1) })
  }
}

/** As the system, Node, Fastify and undici write them. */
const codeShape = /^(?:E[A-Z0-9]{2,15}|[A-Z][A-Z0-9]{0,15}(?:_[A-Z0-9]{1,16}){1,8})$/

/** Whatever a getter throws, the log must not. */
function read(error: Error): { code?: unknown; message: string; stack?: string; cause?: unknown } {
  try {
    const { code, message, stack, cause } = error as Error & { code?: unknown }
    return { code, message, cause, ...(stack !== undefined && { stack }) }
  } catch {
    return { message: '' }
  }
}

/** The class, not `error.name`: that one is a property like any other. */
function classOf(error: Error): string {
  const name: unknown = Object.getPrototypeOf(error)?.constructor?.name
  return typeof name === 'string' && /^[A-Za-z]\w{0,63}$/.test(name) ? name : 'Error'
}

const heading = /^[\w$.]{1,64}(?: \[[A-Z][A-Z0-9_]{0,40}\])?$/
const frame = /^ {4}at (?:[^\n]{0,200}\()?((?:file:\/\/)?\/[^\n()]{1,400}):(\d{1,6}):(\d{1,6})\)?$/

/**
 * Where a stack comes from, as `file:line:column` of files that exist: whatever else somebody has
 * assigned to it stays out. The frames begin after the message, which may imitate them: where the
 * stack does not begin with just this message, it is not used at all.
 */
function readFrames(stack: string, message: string): readonly string[] {
  const [name = ''] = stack.split(/: |\n/, 1)
  const head = message === '' ? `${name}\n` : `${name}: ${message}\n`
  if (!heading.test(name) || !stack.startsWith(head)) return []
  return stack
    .slice(head.length)
    .split('\n')
    .slice(0, maxFrames)
    .flatMap((line) => {
      const [, place = '', row, column] = frame.exec(line) ?? []
      return isFile(place) ? [`${place}:${row}:${column}`.replace(paths, '')] : []
    })
}

function isFile(place: string): boolean {
  try {
    return existsSync(place.startsWith('/') ? place : fileURLToPath(place))
  } catch {
    return false
  }
}

/** The part of a path that says where this was installed. */
const paths = /(?:file:\/\/)?\/[^\n()]*?\/(?=(?:node_modules|dist|src|bin|tools|transports)\/)/g
