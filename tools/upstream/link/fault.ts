import { UpstreamError, type UpstreamFault } from '../upstream-error.ts'
import { AddressRefused } from './address-guard.ts'
import { AnswerTooLarge } from './capped-body.ts'

/** In place of an answer when the stream that it should have come on has ended. */
export const lostAnswer = Object.freeze({ lost: true })

/** By the codes of the SDK's own errors. */
const sdkFaults: ReadonlyMap<unknown, UpstreamFault> = new Map([
  ['NOT_CONNECTED', 'connection'],
  ['CONNECTION_CLOSED', 'connection'],
  ['SEND_FAILED', 'connection'],
  ['REQUEST_TIMEOUT', 'timeout'],
  ['INVALID_RESULT', 'validation'],
  ['UNSUPPORTED_RESULT_TYPE', 'validation'],
  ['LIST_PAGINATION_EXCEEDED', 'protocol'],
  ['METHOD_NOT_SUPPORTED_BY_PROTOCOL_VERSION', 'protocol'],
  ['CLIENT_HTTP_AUTHENTICATION', 'authentication'],
  ['CLIENT_HTTP_FORBIDDEN', 'authentication'],
  ['CLIENT_HTTP_UNEXPECTED_CONTENT', 'protocol']
])

const namedFaults: ReadonlyMap<string, UpstreamFault> = new Map([
  ['UnauthorizedError', 'authentication'],
  ['InsufficientScopeError', 'authentication'],
  ['TimeoutError', 'timeout'],
  ['AbortError', 'connection'],
  ['ZodError', 'validation'],
  ['SyntaxError', 'validation']
])

/** By the codes of the operating system, of TLS and of the HTTP client. */
const networkCode =
  /^(?:ECONN|EPIPE|EAI_|ENOTFOUND|EHOST|ENET|ETIMEDOUT|ERR_TLS|ERR_SSL|UND_ERR_|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_)/
const programCode = /^(?:ENOENT|EACCES|ENOEXEC|ENOTDIR|EPERM|E2BIG)$/

/** Any error of a connection or a request, in the words of the library; `wasSent` as UpstreamError has it. */
export function toUpstreamError(error: unknown, server: string, wasSent = false): UpstreamError {
  if (error instanceof UpstreamError) return error
  const { code, message, data } = readError(error)
  // A DOMException has a number for a code, too.
  const isAnswer =
    typeof code === 'number' && !(error instanceof DOMException) && data !== lostAnswer
  return new UpstreamError(judge(error), server, {
    cause: error,
    wasSent,
    ...(isAnswer && { rpc: { code, message, ...(data !== undefined && { data }) } })
  })
}

/** True when a 2025-era server no longer knows the session: nothing was done, a new one may ask. */
export function isSessionLost(error: unknown): boolean {
  return statusOf(error) === 404
}

/** True when a server of 2024-11-05 may be behind this address, which has no streamable HTTP. */
export function isOldServer(error: unknown): boolean {
  return [400, 404, 405, 406, 415].includes(statusOf(error) ?? 0)
}

/** What failed, for the log: no message, since those name addresses. */
export function codeOf(error: unknown): string {
  const codes = chain(error).map((each) => readError(each).code ?? (each as Error).name)
  return codes.map(String).join(' < ')
}

function judge(error: unknown): UpstreamFault {
  const found = chain(error).map(judgeOne)
  // The innermost knows best; a negotiation that failed says nothing of why.
  return found.findLast((fault) => fault !== undefined) ?? judgeStatus(statusOf(error))
}

function judgeOne(error: unknown): UpstreamFault | undefined {
  if (error instanceof UpstreamError) return error.fault
  if (error instanceof AddressRefused) return 'configuration'
  if (error instanceof AnswerTooLarge) return 'validation'
  const { name, code, data, message } = readError(error)
  if (data === lostAnswer || message === 'fetch failed') return 'connection'
  const known = namedFaults.get(name) ?? sdkFaults.get(code)
  if (known) return known
  if (typeof code === 'number') return name === 'SseError' ? judgeStatus(code) : 'protocol'
  if (networkCode.test(String(code))) return 'connection'
  return programCode.test(String(code)) ? 'configuration' : undefined
}

function judgeStatus(status: number | undefined): UpstreamFault {
  if (status === undefined) return 'unknown'
  if (status === 401 || status === 403) return 'authentication'
  return status === 429 || status >= 500 ? 'connection' : 'protocol'
}

function statusOf(error: unknown): number | undefined {
  for (const each of chain(error)) {
    const { name, code, data } = readError(each)
    const { status } = (data ?? {}) as { status?: unknown }
    if (typeof status === 'number') return status
    if (name === 'SseError' && typeof code === 'number') return code
  }
  return undefined
}

/** The error and its causes. */
function chain(error: unknown): readonly unknown[] {
  const found: unknown[] = []
  for (let each = error; each instanceof Error && found.length < 8; each = each.cause) {
    found.push(each)
  }
  return found
}

function readError(error: unknown): {
  readonly name: string
  readonly message: string
  readonly code: unknown
  readonly data: unknown
} {
  const { name = '', message = '', code, data } = (error ?? {}) as Partial<Record<string, unknown>>
  return { name: String(name), message: String(message), code, data }
}
