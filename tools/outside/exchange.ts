import { once } from 'node:events'
import type {
  ClientRequest,
  Agent as HttpAgent,
  IncomingHttpHeaders,
  IncomingMessage
} from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { type Got, type Method, type Request, RequestError, TimeoutError } from 'got'
import { ExchangeFailure, type FailureKind, type Progress } from './exchange-failure.ts'
import { isRead } from './method.ts'

/** A request as it goes out, credential included. */
export interface Outgoing {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Decoded: no content coding is left. */
  readonly body: Uint8Array
}

export interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

export interface ExchangeOptions {
  readonly signal: AbortSignal
  /** Cap of the decoded body. */
  readonly maxBytes: number
  /** Instead of the instance's own. */
  readonly agent?: Agents
}

/** Options every instance of got here shares: no redirects, no retries, no decoding of its own. */
export const exchangeDefaults = {
  // A redirect would take the credential to an address that nobody configured.
  followRedirect: false,
  throwHttpErrors: false,
  retry: { limit: 0 },
  // Decoded here, where the cap counts what comes out of the decoder.
  decompress: false
} as const

/**
 * One request and its complete answer. Throws an ExchangeFailure; never got's own error, which
 * carries the request with its credential and address.
 */
export async function exchange(
  instance: Got,
  request: Outgoing,
  { signal, maxBytes, agent }: ExchangeOptions
): Promise<Answer> {
  const { method, url, headers, body } = request
  const stream = instance.stream(url, {
    method: method as Method,
    headers: { ...headers },
    ...(body !== undefined && { body }),
    signal,
    ...(agent && { agent })
  })
  const watch = watchProgress(stream)
  // Between two listeners of ours an error must not become an uncaught exception.
  stream.on('error', () => {})
  try {
    // For every other method got waits for a body.
    if (body === undefined && !isRead(method)) stream.end()
    const [response] = (await once(stream, 'response')) as [IncomingMessage]
    watch.status = response.statusCode
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await readBody(stream, response, { method, maxBytes, watch })
    }
  } catch (error) {
    throw toFailure(error, watch)
  } finally {
    // Closes the connection of what was not read to its end, and lets go of the signal.
    stream.destroy()
  }
}

interface Watch {
  isSent: boolean
  isReused: boolean
  status: number | undefined
  bytesBefore: number
  socket: Socket | undefined
  /** Why we stopped reading; the streams then fail with errors of their own. */
  refusal: 'too_large' | 'encoding' | undefined
}

function watchProgress(stream: Request): Watch {
  const watch: Watch = {
    isSent: false,
    isReused: false,
    status: undefined,
    bytesBefore: 0,
    socket: undefined,
    refusal: undefined
  }
  stream.once('request', (request: ClientRequest) => {
    request.once('socket', (socket) => {
      watch.socket = socket
      watch.bytesBefore = socket.bytesRead
      watch.isReused = request.reusedSocket
      const markSent = (): void => {
        watch.isSent = true
      }
      if (request.reusedSocket) markSent()
      else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', markSent)
    })
  })
  return watch
}

async function readBody(
  stream: Duplex,
  { headers, statusCode = 0 }: IncomingMessage,
  { method, maxBytes, watch }: { method: string; maxBytes: number; watch: Watch }
): Promise<Uint8Array> {
  const refuse = (reason: 'too_large' | 'encoding'): never => {
    watch.refusal = reason
    throw new Error(reason)
  }
  const isEmpty = method === 'HEAD' || statusCode === 204 || statusCode === 304
  if (!isEmpty && Number(headers['content-length'] ?? 0) > maxBytes) refuse('too_large')
  const decoder = isEmpty ? undefined : createDecoder(headers, () => refuse('encoding'))
  const chunks: Uint8Array[] = []
  let bytes = 0
  const collect = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > maxBytes) refuse('too_large')
      chunks.push(chunk)
    }
  }
  // A pipeline of one costs a fifth of the whole call.
  await (decoder ? pipeline(stream, decoder, collect) : collect(stream))
  return Buffer.concat(chunks)
}

/** One coding at most: a stack of them multiplies (CVE-2026-22036). */
function createDecoder(headers: IncomingHttpHeaders, refuse: () => never): Duplex | undefined {
  const coding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (coding === 'identity' || headers['content-length'] === '0') return undefined
  if (coding === 'gzip' || coding === 'x-gzip') return createGunzip()
  if (coding === 'deflate') return createInflate()
  if (coding === 'br') return createBrotliDecompress()
  return refuse()
}

const brokenCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

function toFailure(error: unknown, watch: Watch): ExchangeFailure {
  const code = watch.refusal ?? codeOf(error)
  const isUntouched = watch.status === undefined && watch.socket?.bytesRead === watch.bytesBefore
  const progress: Progress = Object.freeze({
    isSent: watch.isSent,
    isRace: watch.isReused && isUntouched && brokenCodes.has(code),
    ...(watch.status !== undefined && { status: watch.status })
  })
  return new ExchangeFailure(kindOf(error, code, watch), code, progress)
}

function kindOf(error: unknown, code: string, watch: Watch): FailureKind {
  if (watch.refusal) return watch.refusal
  if (error instanceof TimeoutError) return 'timeout'
  // Node refuses the request itself, as for a header value with a control character.
  if (/^ERR_(?:INVALID|UNESCAPED|HTTP_INVALID)/.test(code)) return 'unsendable'
  if (/^(?:CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT)/.test(code)) return 'certificate'
  return watch.isSent || brokenCodes.has(code) ? 'broken' : 'unreachable'
}

function codeOf(error: unknown): string {
  if (error instanceof RequestError) return error.code
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'unknown'
}
