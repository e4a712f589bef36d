import { Refusal } from '../../../src/errors.ts'
import { createStopped, type KillSwitch } from '../../../src/kill-switch.ts'
import type { NotReady } from '../../../src/readiness.ts'
import { watchLoopDelay } from './loop-delay.ts'

/** Whether the server takes work: until it drains, and while nothing holds it up. */
export interface ServerState {
  /** Is not ready from now on, but works on. */
  leave(): void
  /** Takes no new work from now on. */
  drain(): void
  readonly isLeaving: boolean
  /** Why no work is taken just now. */
  judge(): Refusal | undefined
  /** What is wrong now; empty when nothing is. */
  notReadyReasons(): readonly NotReady[]
  close(): void
}

export interface StateOptions {
  readonly killSwitch: KillSwitch
  readonly maxLoopDelayMs: number
  /** Why the rest of the server cannot serve just now. */
  readonly notReady: () => readonly NotReady[]
}

export function createServerState(options: StateOptions): ServerState {
  const { killSwitch, maxLoopDelayMs, notReady } = options
  const loopDelay = watchLoopDelay(maxLoopDelayMs)
  let isLeaving = false
  let isDraining = false
  return Object.freeze({
    leave() {
      isLeaving = true
    },
    drain() {
      isDraining = true
    },
    get isLeaving() {
      return isLeaving
    },
    judge() {
      if (isDraining) return new Refusal('draining', { data: { retryAfterMs: 1000 } })
      if (killSwitch.isStopped) return createStopped()
      return loopDelay.isTooLong
        ? new Refusal('overloaded', { data: { retryAfterMs: 1000 } })
        : undefined
    },
    notReadyReasons() {
      const others = notReady()
      const isNews = loopDelay.isTooLong && !others.some(({ reason }) => reason === 'overloaded')
      return [
        ...(isLeaving ? [{ reason: 'draining' } as const] : []),
        ...(killSwitch.isStopped ? [{ reason: 'calls_stopped' } as const] : []),
        ...(isNews ? [{ reason: 'overloaded' } as const] : []),
        ...others
      ]
    },
    close: loopDelay.close
  } satisfies ServerState)
}
