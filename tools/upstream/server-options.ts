import type { Observation } from '../../src/metrics.ts'
import type { Log } from '../../src/types.ts'
import type { Link, LinkOptions } from './link/link.ts'

/** One server, and how its connections are kept. */
export interface ServerOptions {
  readonly name: string
  /** A program of ours: stopped when idle, and one per caller at most. */
  readonly isLocal: boolean
  readonly timeoutMs: number
  readonly healthMs: number
  /** Further attempts before a first connection counts as failed. */
  readonly retries: number
  readonly maxConnections: number
  readonly idleMs: number
  /** Longest wait before a server that is down is tried again. */
  readonly maxBackoffMs: number
  readonly log: Log
  open(options: Omit<LinkOptions, 'target'>): Promise<Link>
  observe?(observation: Observation): void
}
