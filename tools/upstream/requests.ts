import type { Observation } from '../../src/metrics.ts'
import type {
  Message,
  RequestOptions,
  ServerRequest,
  UpstreamCall,
  UpstreamClient
} from './connection.ts'
import { isSessionLost, toUpstreamError } from './link/fault.ts'
import type { Leg, Link } from './link/link.ts'
import { startTimeLimit } from './link/time-limit.ts'
import type { Pool, PoolEntry } from './pool.ts'
import { UpstreamError } from './upstream-error.ts'

/** What requests need of the server that they go to. */
export interface Route {
  readonly name: string
  readonly timeoutMs: number
  reach(entry: PoolEntry, signal: AbortSignal): Promise<Link>
  drop(entry: PoolEntry, link: Link): Promise<void>
  /** An answer did not come: somebody should look. */
  suspect(entry: PoolEntry, link: Link): void
  observe?(observation: Observation): void
}

/** The client of one call, over whatever connection its entry of the pool has at the time. */
export function createRequests(
  route: Route,
  entry: PoolEntry,
  link: Link,
  call: UpstreamCall
): UpstreamClient {
  let current = link
  const send = async <T>(
    work: (link: Link, leg: Leg) => Promise<T>,
    options: RequestOptions = {}
  ): Promise<T> => {
    try {
      return await sendOnce(route, entry, current, call, options, work)
    } catch (error) {
      if (current.info.era === 'modern' || !isSessionLost(error)) throw error
      // The server has forgotten the session, and with it did not do what was asked.
      await route.drop(entry, current)
      current = await route.reach(entry, call.signal)
      return sendOnce(route, entry, current, call, options, work)
    }
  }
  return Object.freeze({
    info: link.info,
    list: (kind) => send((each, leg) => each.list(kind, leg)),
    request: (method, params, options) =>
      send((each, leg) => each.request(method, params, leg), options)
  } satisfies UpstreamClient)
}

async function sendOnce<T>(
  route: Route,
  entry: PoolEntry,
  link: Link,
  call: UpstreamCall,
  { onProgress, tool }: RequestOptions,
  work: (link: Link, leg: Leg) => Promise<T>
): Promise<T> {
  const limit = startTimeLimit(route.timeoutMs, call.signal)
  entry.limits.add(limit)
  const startedMs = performance.now()
  const observe = (statusClass: string): void =>
    route.observe?.({ statusClass, durationMs: performance.now() - startedMs })
  try {
    const result = await work(link, {
      signal: limit.signal,
      capabilities: call.capabilities ?? {},
      traceparent: call.traceparent,
      tool,
      ...(onProgress && {
        onProgress(progress) {
          limit.restart()
          onProgress(progress)
        }
      })
    })
    observe('2xx')
    return result
  } catch (error) {
    // A caller who left says nothing about the server.
    if (call.signal.aborted && !limit.isReached) throw call.signal.reason
    const failure = limit.isReached
      ? new UpstreamError('timeout', route.name, { cause: error, wasSent: true })
      : toUpstreamError(error, route.name, true)
    observe(failure.rpc ? '4xx' : 'error')
    if (failure.fault === 'timeout' || failure.fault === 'connection') route.suspect(entry, link)
    throw failure
  } finally {
    limit.end()
    entry.limits.delete(limit)
  }
}

/** Has the call of an entry answer a request of the server's; its time limits stand still. */
export async function answerWith(
  pool: Pool,
  entry: PoolEntry,
  request: ServerRequest,
  signal: AbortSignal
): Promise<Message> {
  const { call } = entry
  if (!call?.answer || !pool.mayAsk(entry)) throw unanswered()
  // Those that are there now: what begins later runs on its own.
  const limits = [...entry.limits]
  for (const limit of limits) limit.pause()
  entry.asking++
  try {
    return await call.answer(request, AbortSignal.any([signal, call.signal]))
  } catch (error) {
    throw unanswered(error)
  } finally {
    entry.asking--
    for (const limit of limits) limit.resume()
  }
}

/** What the server is told: a JSON-RPC error of the client's own, or no more than that there is none. */
function unanswered(error?: unknown): Error {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  const isOwn = Number.isSafeInteger(code) && typeof message === 'string'
  return isOwn
    ? (error as Error)
    : Object.assign(new Error('The client gives no answer to this request.'), { code: -32_603 })
}
