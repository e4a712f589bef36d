import { ToolError } from '../../../src/define-tool.ts'
import type { Observation } from '../../../src/metrics.ts'
import type { CircuitState } from '../../../src/readiness.ts'
import type { ApiCredential, ApiLimits } from '../../../src/settings/api-settings.ts'
import type { ReadSecret } from '../../../src/settings/secret-reference.ts'
import type { CallContext, Log } from '../../../src/types.ts'
import type { Answer, Outgoing } from '../../outside/exchange.ts'
import { isRead } from '../../outside/method.ts'
import { essenceOf } from '../media-type.ts'
import type { ApiRequest } from '../request/request.ts'
import { judgeAnswer, judgeError, type Line, retryAfterOf, sendWithRetries } from './attempt.ts'
import { createBreaker } from './breaker.ts'
import { type Cache, createCache } from './cache.ts'
import { type Connections, openConnections } from './connections.ts'
import { type Applied, type Credential, createCredential } from './credential.ts'
import { createRetryBudget, realWaiting, type Waiting } from './retry.ts'

export interface ApiResponse {
  readonly status: number
  /** Media type without parameters, lower case; empty when not given. */
  readonly mediaType: string
  readonly body: Uint8Array
  /** Of the media type, lower case, when given. */
  readonly charset?: string
  /** The request may have changed something. */
  readonly isWrite?: boolean
  /** What the API asked to wait, when it did. */
  readonly retryAfterMs?: number
}

interface SendOptions {
  /** False keeps the answer out of the cache; true or nothing caches reads when a TTL is set. */
  readonly cacheable?: boolean
}

/** Sends requests to one API. Fails with a ToolError that names no address. */
export interface ApiClient {
  send(request: ApiRequest, ctx: CallContext, options?: SendOptions): Promise<ApiResponse>
  /** Of the circuit breaker. */
  readonly state: CircuitState
  close(): void
}

export interface ClientOptions {
  /** Name of the API in the configuration. */
  readonly name: string
  readonly credential: ApiCredential
  readonly limits: ApiLimits
  readonly log: Log
  /** Resolves `{ env }` and `{ file }`; not needed when all secrets are strings. */
  readonly readSecret?: ReadSecret
  /** The address comes from a document, not from the operator: only public ones are called. */
  readonly mustBePublic?: boolean
  observe?(observation: Observation): void
  /** For tests. */
  readonly waiting?: Waiting
}

interface Parts {
  readonly line: Line
  readonly credential: Credential
  readonly cache: Cache<ApiResponse> | undefined
}

/**
 * Makes the client of one API: its credential, its sockets, its circuit breaker. Throws a
 * ConfigError when the credential is not usable.
 */
export function createClient(options: ClientOptions): ApiClient {
  const { name, limits, log, waiting = realWaiting } = options
  const { now } = waiting
  const connections = openConnections(limits, options.mustBePublic === true)
  const line = openLine(options, connections, waiting)
  const { cacheTtlMs } = limits
  const parts: Parts = Object.freeze({
    line,
    credential: createCredential({
      api: name,
      credential: options.credential,
      readSecret: options.readSecret ?? refuseReference,
      log,
      now
    }),
    cache: cacheTtlMs === undefined ? undefined : createCache<ApiResponse>(cacheTtlMs, now)
  })
  return Object.freeze({
    get state() {
      return line.breaker.state
    },
    send: (request: ApiRequest, ctx: CallContext, sendOptions: SendOptions = {}) =>
      send(parts, request, ctx, sendOptions),
    close: connections.close
  })
}

function openLine(
  { name, limits, log, observe }: ClientOptions,
  { instance, freshAgent }: Connections,
  waiting: Waiting
): Line {
  const { now } = waiting
  return Object.freeze({
    api: name,
    limits,
    waiting,
    instance,
    freshAgent,
    breaker: createBreaker<Answer>({
      maxConcurrent: limits.maxSockets,
      judgeValue: judgeAnswer,
      judgeError,
      onChange: (state) => log.warn('circuit breaker of an API', { api: name, state }),
      now
    }),
    budget: createRetryBudget(now),
    ...(observe && { observe })
  })
}

function refuseReference(): never {
  throw new Error('no reader of secrets')
}

async function send(
  parts: Parts,
  request: ApiRequest,
  ctx: CallContext,
  { cacheable = true }: SendOptions
): Promise<ApiResponse> {
  ctx.signal.throwIfAborted()
  const applied = await parts.credential.apply(ctx)
  const isWrite = !isRead(request.method)
  const ask = () => askWith(parts, request, applied, ctx)
  const { cache } = parts
  if (!cache || isWrite || !cacheable) {
    try {
      return toResponse(await ask(), isWrite)
    } finally {
      // Whatever was written, an older answer may no longer be true.
      if (isWrite) cache?.clear()
    }
  }
  const key = JSON.stringify([ctx.principal.kind, ctx.principal.id, applied.identity, request])
  const kept = cache.get(key)
  if (kept) return kept
  const { generation } = cache
  const answer = await ask()
  const response = toResponse(answer, false)
  const isKept = answer.status === 200 && !/no-store/i.test(answer.headers['cache-control'] ?? '')
  if (isKept) cache.put(key, response, response.body.length, generation)
  return response
}

/** A token may be revoked before its time: what may be repeated goes out once more with a new one. */
async function askWith(
  { line, credential }: Parts,
  request: ApiRequest,
  applied: Applied,
  ctx: CallContext
): Promise<Answer> {
  const { mayRetry } = request
  const sendAs = (each: Applied) =>
    sendWithRetries(line, toOutgoing(request, each, ctx), mayRetry, ctx)
  const answer = await sendAs(applied)
  if (answer.status !== 401 || !applied.refused) return answer
  applied.refused()
  if (!mayRetry) return answer
  const renewed = await credential.apply(ctx)
  const second = await sendAs(renewed)
  if (second.status === 401) renewed.refused?.()
  return second
}

function toOutgoing(
  { method, url, headers, body }: ApiRequest,
  applied: Applied,
  { traceparent }: CallContext
): Outgoing {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return {
    method,
    url: applied.query ? withQuery(url, applied.query.name, applied.query.value) : url,
    // As it came: this server records no span of its own that could be the parent.
    headers: {
      ...(traceparent !== undefined && { traceparent }),
      ...Object.fromEntries(own),
      ...applied.headers
    },
    ...(body !== undefined && { body })
  }
}

function withQuery(url: URL, name: string, value: string): URL {
  if (url.searchParams.has(name)) {
    throw new ToolError(`Argument "${name}" is set by this server: leave it out.`)
  }
  const pair = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
  const extended = new URL(url)
  extended.search = url.search === '' ? pair : `${url.search}&${pair}`
  return extended
}

function toResponse(answer: Answer, isWrite: boolean): ApiResponse {
  const contentType = answer.headers['content-type'] ?? ''
  const [, ...parameters] = contentType.split(';')
  const charset = parameters
    .map((each) => /^\s*charset="?([\w-]+)"?\s*$/i.exec(each)?.[1])
    .find((each) => each !== undefined)
  const retryAfterMs = retryAfterOf(answer)
  return Object.freeze({
    status: answer.status,
    mediaType: essenceOf(contentType),
    body: answer.body,
    isWrite,
    ...(charset !== undefined && { charset: charset.toLowerCase() }),
    ...(retryAfterMs !== undefined && { retryAfterMs })
  })
}
