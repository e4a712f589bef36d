import { raceAbort } from '../../src/call/race-abort.ts'
import type { UpstreamEvent, UpstreamInfo } from './connection.ts'
import { codeOf, toUpstreamError } from './link/fault.ts'
import type { Link } from './link/link.ts'
import { closeEntry, createPool, type Pool, type PoolEntry } from './pool.ts'
import { createRecovery, type Recovery } from './recovery.ts'
import { answerWith } from './requests.ts'
import type { ServerOptions } from './server-options.ts'
import { UpstreamError } from './upstream-error.ts'
import { createVerdictMemory, type VerdictMemory } from './verdict-memory.ts'

const maxPending = 256
const pingMs = 5_000
/** A connection that ends sooner counts as an attempt that failed. */
const shortLifeMs = 5_000
const firstBackoffMs = 200

/** How the connections of one server begin and end; when they should, its keeper says. */
export interface Lifecycle {
  readonly pool: Pool
  /** Undefined before the first connection. */
  readonly info: UpstreamInfo | undefined
  /** Why the server is down; undefined while it is not known to be. */
  readonly error: Error | undefined
  readonly isClosed: boolean
  /** The entry's connection, opened when there is none; callers share one attempt. */
  reach(entry: PoolEntry): Promise<Link>
  /** Gives a connection up; what is in flight on it fails at once. */
  drop(entry: PoolEntry, link: Link): Promise<void>
  /** Looks whether the server still answers, and gives the connection up when it does not. */
  suspect(entry: PoolEntry, link: Link): Promise<void>
  /** Brings what is watched in line with the wishes. */
  follow(): void
  close(): Promise<void>
}

interface State {
  readonly options: ServerOptions
  readonly watched: ReadonlySet<string>
  readonly recovery: Recovery
  readonly pool: Pool
  readonly closing: AbortController
  readonly suspected: Set<Link>
  readonly verdicts: VerdictMemory
  emit(event: UpstreamEvent): void
  info: UpstreamInfo | undefined
}

/** `emit` is told what the server announces; `watched` are the resources that it should tell of. */
export function createLifecycle(
  options: ServerOptions,
  emit: (event: UpstreamEvent) => void,
  watched: ReadonlySet<string>
): Lifecycle {
  const state = createState({ options, emit, watched })
  const { pool, recovery, closing } = state
  return {
    pool,
    get info() {
      return state.info
    },
    get error() {
      return recovery.error
    },
    get isClosed() {
      return closing.signal.aborted
    },
    reach: (entry) => reach(state, entry),
    drop: (entry, link) => drop(state, entry, link),
    suspect: (entry, link) => suspect(state, entry, link),
    follow: () => follow(state),
    async close() {
      closing.abort()
      recovery.close()
      await Promise.all(pool.entries().map(closeEntry))
    }
  }
}

function createState(given: Pick<State, 'options' | 'emit' | 'watched'>): State {
  const { name, isLocal, maxConnections, maxBackoffMs } = given.options
  const now = (): number => performance.now()
  const state: State = {
    ...given,
    recovery: createRecovery({
      firstMs: firstBackoffMs,
      maxMs: maxBackoffMs,
      settledMs: shortLifeMs,
      random: Math.random,
      now,
      attempt: () => void reach(state, state.pool.common).catch(() => {})
    }),
    pool: createPool({
      server: name,
      maxEntries: maxConnections,
      maxPending,
      isSingle: isLocal,
      drop: (entry) => void closeEntry(entry),
      now
    }),
    closing: new AbortController(),
    suspected: new Set(),
    verdicts: createVerdictMemory(),
    info: undefined
  }
  return state
}

function reach(state: State, entry: PoolEntry): Promise<Link> {
  if (entry.link) return Promise.resolve(entry.link)
  const { closing, options } = state
  if (closing.signal.aborted) return Promise.reject(new UpstreamError('connection', options.name))
  entry.opening ??= open(state, entry).finally(() => {
    entry.opening = undefined
  })
  return entry.opening
}

async function open(state: State, entry: PoolEntry): Promise<Link> {
  const { options, recovery, closing } = state
  // While it is down each attempt is one: the recovery waits between them.
  const attempts = recovery.error ? 1 : 1 + options.retries
  for (let attempt = 1; ; attempt++) {
    try {
      const link = await openOnce(state, entry)
      if (entry === state.pool.common) recovery.succeed()
      return link
    } catch (error) {
      const failure = toUpstreamError(error, options.name)
      // What is known of it may be what is wrong.
      state.verdicts.forget()
      if (closing.signal.aborted) throw failure
      if (attempt >= attempts || failure.fault !== 'connection') {
        giveUp(state, entry, failure)
        throw failure
      }
      await pause(firstBackoffMs * 2 ** (attempt - 1), closing.signal)
    }
  }
}

function giveUp(state: State, entry: PoolEntry, failure: UpstreamError): void {
  const { options, recovery, pool } = state
  if (entry !== pool.common) return giveUpOwn(state, entry)
  if (!recovery.error) {
    const code = codeOf(failure.cause ?? failure)
    options.log.warn('MCP server is down', { server: options.name, fault: failure.fault, code })
  }
  recovery.fail(failure)
}

/** What one caller's client declares, or has a server do, says nothing about it to the others. */
function giveUpOwn({ pool, recovery }: State, entry: PoolEntry): void {
  pool.remove(entry)
  // Whether it is down shows where everybody's connection leads.
  if (!pool.common.link) recovery.restart()
}

async function openOnce(state: State, entry: PoolEntry): Promise<Link> {
  const { options, closing, pool, verdicts, emit } = state
  const isCommon = entry === pool.common
  const limit = AbortSignal.timeout(options.timeoutMs)
  const born = performance.now()
  let link: Link | undefined
  link = await options.open({
    capabilities: entry.capabilities,
    verdict: verdicts.recall(),
    timeoutMs: options.timeoutMs,
    signal: AbortSignal.any([limit, closing.signal]),
    answer: (request, signal) => answerWith(pool, entry, request, signal),
    onEvent: (event) => isCommon && emit(event),
    onTrouble: () => link && suspect(state, entry, link),
    onUnfollowed: () => isCommon && link && suspect(state, entry, link, () => follow(state)),
    onClosed() {
      if (!link || entry.link !== link) return
      onEnd(state, entry, performance.now() - born)
      link.close().catch(() => {})
    }
  })
  if (closing.signal.aborted) {
    await link.close()
    throw closing.signal.reason
  }
  entry.link = link
  const isFirst = state.info === undefined
  state.info = link.info
  verdicts.note(link.verdict)
  if (isFirst || state.recovery.error) {
    const { era, protocolVersion, transport } = link.info
    const { name: server, log } = options
    log.info('MCP server connected', { server, era, protocolVersion, transport })
  }
  if (isCommon) {
    follow(state)
    emit({ kind: 'connected' })
  }
  return link
}

/** It ended by itself: a crash, mostly. */
function onEnd(state: State, entry: PoolEntry, livedMs: number): void {
  const { options, recovery, pool } = state
  entry.link = undefined
  options.log.warn('MCP server has ended its connection', { server: options.name })
  if (entry !== pool.common) return giveUpOwn(state, entry)
  recovery.end(livedMs, new UpstreamError('connection', options.name))
}

async function suspect(
  state: State,
  entry: PoolEntry,
  link: Link,
  onHealthy: () => void = () => {}
): Promise<void> {
  const { options, suspected, recovery, pool } = state
  if (suspected.has(link) || entry.link !== link) return
  suspected.add(link)
  try {
    await link.ping(Math.min(pingMs, options.timeoutMs))
    onHealthy()
  } catch (error) {
    const failure = toUpstreamError(error, options.name)
    // An error is an answer, too: whoever sends it is there.
    if (failure.rpc) return onHealthy()
    const code = codeOf(error)
    options.log.warn('MCP server does not answer', { server: options.name, code })
    await drop(state, entry, link)
    if (entry === pool.common) recovery.restart()
  } finally {
    suspected.delete(link)
  }
}

async function drop({ pool }: State, entry: PoolEntry, link: Link): Promise<void> {
  if (entry.link !== link) return
  entry.link = undefined
  if (entry !== pool.common) pool.remove(entry)
  await link.close().catch(() => {})
}

function follow({ pool, watched, options: { name, log } }: State): void {
  pool.common.link?.follow(new Set(watched)).catch((error) => {
    log.debug('MCP server announces nothing', { server: name, code: codeOf(error) })
  })
}

async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  const jittered = waitMs * (0.75 + Math.random() / 2)
  await raceAbort(new Promise((resolve) => setTimeout(resolve, jittered)), signal)
}
