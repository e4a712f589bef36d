import type {
  UpstreamCall,
  UpstreamClient,
  UpstreamConnection,
  UpstreamEvent
} from './connection.ts'
import { createKeeper } from './keeper.ts'
import type { PoolEntry } from './pool.ts'
import { createRequests } from './requests.ts'
import type { ServerOptions } from './server-options.ts'

/*
 * The words of this folder:
 *   Connection   one server, as the rest of the gateway uses it
 *   Link         one connection to it, over whatever transport
 *   Leg          one request through a link
 *   Verdict      what a link has found out: the server's era, and the transport that reaches it
 *   Pool         the links of a server; an entry is the place of one, everybody's or one caller's
 *   Route        what a request needs of its server beside the entry that it goes by
 *   Lifecycle    how links begin and end
 *   Recovery     when a server that is down is tried again
 *   Keeper       how the server is, and when its links are looked after
 */

/** Keeps the connections of one server: opens them when needed, looks after them, opens them again. */
export function createServerConnection(options: ServerOptions): UpstreamConnection {
  const { name, healthMs, idleMs } = options
  const listeners = new Set<(event: UpstreamEvent) => void>()
  const watched = new Set<string>()
  const keeper = createKeeper(
    options,
    (event) => {
      for (const listener of listeners) listener(event)
    },
    watched
  )
  const { pool, route } = keeper
  const timers = [
    setInterval(keeper.checkHealth, healthMs).unref(),
    setInterval(() => keeper.stopIdle(idleMs), idleMs / 4).unref()
  ]

  async function take(call: UpstreamCall): Promise<PoolEntry> {
    const isPlain = Object.keys(call.capabilities ?? {}).length === 0
    if (isPlain) return pool.takeCommon()
    // Which era it is of says whether capabilities belong to a connection or to a request.
    const info = keeper.info() ?? (await route.reach(pool.common, call.signal)).info
    return info.era === 'modern' ? pool.takeCommon() : pool.takeOwn(call)
  }

  return Object.freeze({
    name,
    get info() {
      return keeper.info()
    },
    async use<T>(call: UpstreamCall, work: (client: UpstreamClient) => Promise<T>) {
      call.signal.throwIfAborted()
      keeper.throwIfDown()
      const entry = await take(call)
      try {
        const link = await route.reach(entry, call.signal)
        return await work(createRequests(route, entry, link, call))
      } finally {
        pool.release(entry)
      }
    },
    subscribe(listener: (event: UpstreamEvent) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    watch(uri: string) {
      watched.add(uri)
      keeper.follow()
    },
    unwatch(uri: string) {
      watched.delete(uri)
      keeper.follow()
    },
    state: keeper.state,
    circuit: () => (keeper.state() === 'down' ? 'open' : 'closed'),
    async close() {
      for (const timer of timers) clearInterval(timer)
      await keeper.close()
    }
  } satisfies UpstreamConnection)
}
