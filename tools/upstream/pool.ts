import type { Message, UpstreamCall } from './connection.ts'
import type { Link } from './link/link.ts'
import { UpstreamError } from './upstream-error.ts'

/** The place of one connection to a server, and who uses it. */
export interface PoolEntry {
  /** Empty: everybody's. Else one caller's, with what its client declared. */
  readonly key: string
  readonly capabilities: Message
  link: Link | undefined
  opening: Promise<Link> | undefined
  inFlight: number
  /** Monotonic; when it was last let go. */
  usedMs: number
  /** Whose call it runs: a question of the server's belongs to this one. */
  call: UpstreamCall | undefined
  /** Questions that wait for this call's caller. */
  asking: number
  /** Time limits to stop while a question is answered. */
  readonly limits: Set<{ pause(): void; resume(): void }>
}

export interface PoolOptions {
  readonly server: string
  readonly maxEntries: number
  /** Calls at once over the common one, and calls that wait for one of their own. */
  readonly maxPending: number
  /** One program per caller: its calls wait for each other. */
  readonly isSingle: boolean
  drop(entry: PoolEntry): void
  now(): number
}

export interface Pool {
  /** Everybody's. */
  readonly common: PoolEntry
  entries(): readonly PoolEntry[]
  /** One that is this call's alone; waits for it, or for the signal. */
  takeOwn(call: UpstreamCall): Promise<PoolEntry>
  takeCommon(): PoolEntry
  /** True when its call may be asked: one caller who never answers leaves some to the others. */
  mayAsk(entry: PoolEntry): boolean
  release(entry: PoolEntry): void
  remove(entry: PoolEntry): void
}

/** Hands out connections: at most `maxEntries` are open, and the longest unused gives way. */
export function createPool(options: PoolOptions): Pool {
  const { server, maxEntries, maxPending, isSingle, drop, now } = options
  const common = createEntry('', {}, now())
  const own = new Set<PoolEntry>()
  // The common one counts, too; one of a caller's own there must be.
  const maxOwn = Math.max(1, maxEntries - 1)
  const waiting = new Set<() => void>()

  function wake(): void {
    for (const look of [...waiting]) look()
  }

  function find(key: string, capabilities: Message): PoolEntry | undefined {
    const mine = [...own].filter((entry) => entry.key === key)
    const free = mine.find(({ inFlight }) => inFlight === 0)
    if (free) return free
    if (mine.length > 0 && isSingle) return undefined
    if (own.size >= maxOwn) {
      const [oldest] = [...own]
        .filter(({ inFlight }) => inFlight === 0)
        .toSorted((one, other) => one.usedMs - other.usedMs)
      if (!oldest) return undefined
      own.delete(oldest)
      drop(oldest)
    }
    const entry = createEntry(key, capabilities, now())
    own.add(entry)
    return entry
  }

  return {
    common,
    entries: () => [common, ...own],
    async takeOwn(call) {
      const capabilities = call.capabilities ?? {}
      const key = JSON.stringify([call.caller ?? '', sortKeys(capabilities)])
      for (;;) {
        const entry = find(key, capabilities)
        if (entry) {
          entry.inFlight++
          entry.call = call
          return entry
        }
        if (waiting.size >= maxPending) throw new UpstreamError('connection', server)
        await waitFor(waiting, call.signal)
      }
    },
    takeCommon() {
      if (common.inFlight >= maxPending) throw new UpstreamError('connection', server)
      common.inFlight++
      return common
    },
    mayAsk({ call, asking }) {
      const others = [...own].filter(
        (each) => each.asking > 0 && each.call?.caller === call?.caller
      )
      return asking > 0 || others.length < Math.ceil(maxOwn / 2)
    },
    release(entry) {
      entry.inFlight--
      entry.usedMs = now()
      entry.call = undefined
      wake()
    },
    remove(entry) {
      own.delete(entry)
      wake()
    }
  }
}

function createEntry(key: string, capabilities: Message, usedMs: number): PoolEntry {
  return {
    key,
    capabilities,
    link: undefined,
    opening: undefined,
    inFlight: 0,
    usedMs,
    call: undefined,
    asking: 0,
    limits: new Set()
  }
}

/** Closes the connection that it has, or that is being opened. */
export async function closeEntry(entry: PoolEntry): Promise<void> {
  const link = entry.link ?? (await entry.opening?.catch(() => undefined))
  entry.link = undefined
  await link?.close().catch(() => {})
}

function waitFor(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      waiting.delete(look)
      signal.removeEventListener('abort', give)
      resolve()
    }
    const give = (): void => {
      waiting.delete(look)
      reject(signal.reason)
    }
    if (signal.aborted) return give()
    waiting.add(look)
    signal.addEventListener('abort', give, { once: true })
  })
}

/** The same declaration in another order is the same. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return entries.map(([key, child]) => [key, sortKeys(child)])
}
