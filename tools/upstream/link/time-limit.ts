/** A time limit that can stand still, beside the signal of whoever waits. */
export interface TimeLimit {
  /** Aborts at the limit or with the caller. */
  readonly signal: AbortSignal
  readonly isReached: boolean
  /** Stands still until `resume`, which starts it anew. Pauses are counted. */
  pause(): void
  resume(): void
  /** Starts it anew: the server has shown that it works on it. */
  restart(): void
  end(): void
}

export function startTimeLimit(maxMs: number, caller: AbortSignal): TimeLimit {
  const controller = new AbortController()
  let pauses = 0
  let isReached = false
  let timer: NodeJS.Timeout | undefined
  const follow = (): void => controller.abort(caller.reason)
  if (caller.aborted) follow()
  else caller.addEventListener('abort', follow, { once: true })
  const restart = (): void => {
    clearTimeout(timer)
    if (pauses > 0) return
    timer = setTimeout(() => {
      isReached = true
      controller.abort(new DOMException('time limit of the server', 'TimeoutError'))
    }, maxMs)
  }
  restart()
  return {
    signal: controller.signal,
    get isReached() {
      return isReached
    },
    pause() {
      pauses++
      clearTimeout(timer)
    },
    resume() {
      pauses--
      restart()
    },
    restart,
    end() {
      pauses = Number.POSITIVE_INFINITY
      clearTimeout(timer)
      caller.removeEventListener('abort', follow)
    }
  }
}
