import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import got, { type Got, RequestError, TimeoutError } from 'got'
import { ToolError } from '../../src/define-tool.ts'
import type { CallContext } from '../../src/types.ts'
import type { ApiRequest } from './request.ts'

const maxBytes = 5 * 1024 * 1024
const connectTimeoutMs = 2_000
const sockets = { keepAlive: true, maxSockets: 100, maxFreeSockets: 20 }

export interface ApiResponse {
  readonly status: number
  /** Media type without parameters, lower case; empty when not given. */
  readonly mediaType: string
  readonly body: Uint8Array
}

/** Sends requests to one API, each once. Fails with a ToolError that names no address. */
export interface ApiClient {
  send(request: ApiRequest, ctx: CallContext): Promise<ApiResponse>
  close(): void
}

export interface ClientOptions {
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string
  /** For a whole request. */
  readonly timeoutMs: number
}

/** Makes the client of one API: its credential, its sockets, no redirects, no retries. */
export function createClient(options: ClientOptions): ApiClient {
  if (options.token !== undefined && !/^[\x21-\x7e]+$/.test(options.token)) {
    throw new Error('The token of the API is empty or holds characters a header cannot hold.')
  }
  const agent = { http: new HttpAgent(sockets), https: new HttpsAgent(sockets) }
  const instance = got.extend({
    agent,
    headers: {
      accept: 'application/json',
      'user-agent': 'portcullis-mcp',
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` })
    },
    // A redirect would take the credential to an address that nobody configured.
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    // Not asked for, so not decoded: a small compressed answer cannot unfold into gigabytes.
    decompress: false,
    responseType: 'buffer',
    timeout: { connect: connectTimeoutMs, request: options.timeoutMs }
  })
  return Object.freeze({
    send: (request: ApiRequest, ctx: CallContext) => send(instance, request, ctx),
    close() {
      agent.http.destroy()
      agent.https.destroy()
    }
  })
}

async function send(
  instance: Got,
  { method, url }: ApiRequest,
  ctx: CallContext
): Promise<ApiResponse> {
  ctx.signal.throwIfAborted()
  let isTooLarge = false
  const pending = instance(url, { method, signal: ctx.signal, responseType: 'buffer' })
  pending.on('downloadProgress', ({ transferred }) => {
    if (transferred <= maxBytes) return
    isTooLarge = true
    pending.cancel()
  })
  try {
    const { statusCode, headers, body } = await pending
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
      throw new ToolError(
        'The API sent a compressed answer, which is not accepted. Tell the operator.'
      )
    }
    const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
    return { status: statusCode, mediaType, body }
  } catch (error) {
    if (isTooLarge) throw new ToolError(texts.tooLarge)
    throw translate(error, ctx)
  }
}

const texts = {
  tooLarge:
    'The answer of the API is larger than 5 MiB and was stopped. Ask for less: a filter or a smaller page.',
  timeout:
    'The API did not answer in time. Ask for less (a filter, a smaller page), or try again later.',
  unreachable:
    'The API cannot be reached at the moment. Try again later; if it stays so, tell the operator.',
  broken: 'The connection to the API broke before its answer was complete. Try again.'
}

const brokenCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ERR_BODY_PARSE_FAILURE'])

/**
 * got's errors carry the request with its credential and address: none of it goes on, not even as
 * `cause`, since a logger may print causes.
 */
function translate(error: unknown, ctx: CallContext): unknown {
  if (ctx.signal.aborted) return ctx.signal.reason
  if (!(error instanceof RequestError)) return error
  ctx.log.warn('API request failed', { code: error.code })
  if (error instanceof TimeoutError) return new ToolError(texts.timeout)
  const isBroken = brokenCodes.has(error.code) || error.code.startsWith('HPE_')
  return new ToolError(isBroken || error.response ? texts.broken : texts.unreachable)
}
