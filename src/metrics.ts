import type { AuthFailure } from './audit.ts'
import { codeOf } from './errors.ts'
import type { Outcome } from './types.ts'

/** What a name from outside is called when the server does not know it. */
const unknownLabel = '_unknown'
const maxToolLabels = 5000

/** What limits: the caller's rate of a method, its rate of a tool, the rate of an address. */
export type LimitScope = 'method' | 'tool' | 'address'

/** One finished attempt at an upstream API: `2xx` … `5xx`, or `error` without an answer. */
export interface Observation {
  readonly statusClass: string
  readonly durationMs: number
}

/** Counts what happens. Every label is from a closed set; no principal, no URI, no caller's word. */
export interface Metrics {
  /** A request has its answer. `errorCode` of JSON-RPC; no duration for what needs no work. */
  countRequest(method: string, errorCode?: number, durationMs?: number): void
  /** `tool` is undefined for a name that the registry does not know. */
  countToolCall(tool: string | undefined, outcome: Outcome, durationMs?: number): void
  /** `route` is the pattern of a route, undefined when there is none. */
  countHttp(route: string | undefined, status: number): void
  /** Undefined: let in. */
  countAuth(failure?: AuthFailure | 'unavailable'): void
  countLimited(scope: LimitScope): void
  observeUpstream(upstream: string, observation: Observation): void
  readonly counts: Counts
}

/** The numbers behind the exported families. */
export interface Counts {
  readonly requests: Series<Count>
  readonly requestSeconds: Series<Distribution>
  readonly errors: Series<Count>
  readonly toolCalls: Series<Count>
  readonly toolSeconds: Series<Distribution>
  readonly httpRequests: Series<Count>
  readonly auth: Series<Count>
  readonly rateLimited: Series<Count>
  readonly upstreamSeconds: Series<Distribution>
}

interface Count {
  value: number
}

/** How many values fell into each bucket (the last one is for all above), and their sum. */
export interface Distribution {
  readonly perBucket: number[]
  sum: number
}

/** Cells by at most two label values; the second is empty where there is one label only. */
export interface Series<Cell> {
  at(first: string, second?: string): Cell
  entries(): readonly { readonly labels: readonly [string, string]; readonly cell: Cell }[]
}

/**
 * Upper bounds in seconds. Code tools end below 1 ms, upstream calls between 25 ms and 5 s, where
 * objectives are set and the bounds lie close; a call stopped at the default deadline of 30 s is
 * found above 30. Twelve, because each costs a time series per tool.
 */
export const bucketSeconds = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const

/** Requests of both eras. Any other method is somebody's invention. */
const knownMethods: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'server/discover',
  'logging/setLevel',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'subscriptions/listen'
])

/** Refused before the tool was run: their zeros would hide how long the others take. */
const unrun: ReadonlySet<Outcome> = new Set(['unknown', 'forbidden', 'limited', 'invalid'])

const authFailures: readonly (AuthFailure | 'unavailable')[] = [
  'missing_bearer_token',
  'invalid_token',
  'expired_token',
  'wrong_audience',
  'banned',
  'unavailable'
]

/** Counts in plain numbers, whichever transport serves; who exports them looks at `counts`. */
export function createMetrics(): Metrics {
  const counts: Counts = Object.freeze({
    requests: createSeries(createCount),
    requestSeconds: createSeries(createDistribution),
    errors: createSeries(createCount),
    toolCalls: createSeries(createCount),
    toolSeconds: createSeries(createDistribution),
    httpRequests: createSeries(createCount),
    auth: createSeries(createCount),
    rateLimited: createSeries(createCount),
    upstreamSeconds: createSeries(createDistribution)
  })
  const labels = createLabels(maxToolLabels)
  // Present from the start, so that a first event is seen as a rise from zero.
  counts.auth.at('success', 'none')
  for (const reason of authFailures) counts.auth.at('failure', reason)
  for (const scope of ['method', 'tool', 'address']) counts.rateLimited.at(scope)
  // A server that cannot write its audit trail is soon asked no more: the first refusals must count.
  for (const method of ['tools/call', 'resources/read', 'prompts/get']) {
    counts.errors.at(method, String(codeOf('unrecorded')))
  }
  return Object.freeze({
    counts,
    countRequest(method, errorCode, durationMs) {
      const label = knownMethods.has(method) ? method : unknownLabel
      counts.requests.at(label).value++
      if (errorCode !== undefined) counts.errors.at(label, String(errorCode)).value++
      if (durationMs !== undefined) observe(counts.requestSeconds.at(label), durationMs)
    },
    countToolCall(tool, outcome, durationMs) {
      const label = tool !== undefined && labels.admit(tool) ? tool : unknownLabel
      counts.toolCalls.at(label, outcome).value++
      if (durationMs === undefined || unrun.has(outcome)) return
      observe(counts.toolSeconds.at(label), durationMs)
    },
    countHttp(route = unknownLabel, status) {
      counts.httpRequests.at(route, String(status)).value++
    },
    countAuth(failure) {
      const cell =
        failure === undefined
          ? counts.auth.at('success', 'none')
          : counts.auth.at('failure', failure)
      cell.value++
    },
    countLimited(scope) {
      counts.rateLimited.at(scope).value++
    },
    observeUpstream(upstream, { statusClass, durationMs }) {
      observe(counts.upstreamSeconds.at(upstream, statusClass), durationMs)
    }
  } satisfies Metrics)
}

function createCount(): Count {
  return { value: 0 }
}

function createDistribution(): Distribution {
  return { perBucket: new Array(bucketSeconds.length + 1).fill(0), sum: 0 }
}

function observe(distribution: Distribution, durationMs: number): void {
  const seconds = durationMs / 1000
  let bucket = 0
  while (bucket < bucketSeconds.length && seconds > (bucketSeconds[bucket] ?? 0)) bucket++
  distribution.perBucket[bucket] = (distribution.perBucket[bucket] ?? 0) + 1
  distribution.sum += seconds
}

/** The first so many names: an upstream server that renames its tools must not fill the memory. */
function createLabels(max: number): { admit(name: string): boolean } {
  const admitted = new Set<string>()
  return {
    admit(name) {
      if (admitted.has(name)) return true
      if (admitted.size >= max) return false
      admitted.add(name)
      return true
    }
  }
}

/** Two maps instead of one with joined keys: a call makes no text. */
function createSeries<Cell>(create: () => Cell): Series<Cell> {
  const cells = new Map<string, Map<string, Cell>>()

  function add(first: string, second: string): Cell {
    const cell = create()
    const row = cells.get(first)
    if (row) row.set(second, cell)
    else cells.set(first, new Map([[second, cell]]))
    return cell
  }

  return Object.freeze({
    at: (first: string, second = '') => cells.get(first)?.get(second) ?? add(first, second),
    entries: () =>
      [...cells].flatMap(([first, row]) =>
        [...row].map(([second, cell]) => ({ labels: [first, second] as const, cell }))
      )
  })
}
