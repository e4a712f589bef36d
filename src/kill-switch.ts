import { Refusal } from './errors.ts'

/** Somebody has to look at the server and start it again. */
const retryAfterMs = 60_000

/**
 * The emergency stop. Pulled once it stays so until a restart: pulling it again, as a script that
 * retries does, must not let the calls back in.
 */
export interface KillSwitch {
  readonly isStopped: boolean
  stop(): void
}

/** `onStop` is called the first time only. */
export function createKillSwitch(onStop: () => void): KillSwitch {
  let isStopped = false
  return Object.freeze({
    get isStopped() {
      return isStopped
    },
    stop() {
      if (isStopped) return
      isStopped = true
      onStop()
    }
  })
}

/** What whoever calls a stopped server is told, on every transport. */
export function createStopped(): Refusal {
  return new Refusal('stopped', { data: { retryAfterMs } })
}
