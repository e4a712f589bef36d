import { raceAbort } from '../../src/race-abort.ts'
import type { UpstreamEvent, UpstreamInfo } from './connection.ts'
import { codeOf, toUpstreamError } from './link/fault.ts'
import type { Link, Verdict } from './link/link.ts'
import type { Pool, PoolEntry } from './pool.ts'
import type { Recovery } from './recovery.ts'
import { answerWith } from './requests.ts'
import type { ServerOptions } from './server-options.ts'
import { UpstreamError } from './upstream-error.ts'

const pingMs = 5_000
/** A server found to be of 2025 may have been renewed since. */
const legacyVerdictMs = 3_600_000
/** A connection that ends sooner counts as an attempt that failed. */
export const shortLifeMs = 5_000
const maxShortLives = 3
export const firstBackoffMs = 200

/** What is known of a server and its connections. */
export interface State {
  readonly options: ServerOptions
  readonly watched: ReadonlySet<string>
  readonly recovery: Recovery
  readonly pool: Pool
  readonly closing: AbortController
  readonly suspected: Set<Link>
  emit(event: UpstreamEvent): void
  info: UpstreamInfo | undefined
  verdict: { readonly found: Verdict; readonly atMs: number } | undefined
  shortLives: number
}

/** The entry's connection, opened when there is none; callers share one attempt. */
export function reach(state: State, entry: PoolEntry): Promise<Link> {
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
      state.verdict = undefined
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
  const { options, closing, pool, emit } = state
  const isCommon = entry === pool.common
  const limit = AbortSignal.timeout(options.timeoutMs)
  const born = performance.now()
  let link: Link | undefined
  link = await options.open({
    capabilities: entry.capabilities,
    verdict: freshVerdict(state),
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
  if (!freshVerdict(state)) state.verdict = { found: link.verdict, atMs: performance.now() }
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

/** A modern server is asked each time: that is all that connecting to it means. */
function freshVerdict({ verdict }: State): Verdict | undefined {
  if (verdict?.found.prior.kind !== 'legacy') return undefined
  return performance.now() - verdict.atMs > legacyVerdictMs ? undefined : verdict.found
}

/** It ended by itself: a crash, mostly. */
function onEnd(state: State, entry: PoolEntry, livedMs: number): void {
  const { options, recovery, pool } = state
  entry.link = undefined
  options.log.warn('MCP server has ended its connection', { server: options.name })
  if (entry !== pool.common) return giveUpOwn(state, entry)
  state.shortLives = livedMs < shortLifeMs ? state.shortLives + 1 : 0
  if (state.shortLives >= maxShortLives) {
    recovery.fail(new UpstreamError('connection', options.name))
  } else {
    recovery.restart()
  }
}

/** Looks whether the server still answers, and gives the connection up when it does not. */
export async function suspect(
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

/** Gives a connection up; what is in flight on it fails at once. */
export async function drop({ pool }: State, entry: PoolEntry, link: Link): Promise<void> {
  if (entry.link !== link) return
  entry.link = undefined
  if (entry !== pool.common) pool.remove(entry)
  await link.close().catch(() => {})
}

export function follow(state: State): void {
  const { link } = state.pool.common
  const { name, log } = state.options
  link?.follow(new Set(state.watched)).catch((error) => {
    log.debug('MCP server announces nothing', { server: name, code: codeOf(error) })
  })
}

export async function closeEntry(entry: PoolEntry): Promise<void> {
  const link = entry.link ?? (await entry.opening?.catch(() => undefined))
  entry.link = undefined
  await link?.close().catch(() => {})
}

async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  const jittered = waitMs * (0.75 + Math.random() / 2)
  await raceAbort(new Promise((resolve) => setTimeout(resolve, jittered)), signal)
}
