/** Why a call was stopped. */
export type StopCause = 'timeout' | 'cancelled'

/** Stops one call: by its client, its deadline or the end of the server. */
export interface Cancellation {
  /** Undefined while the call may go on. */
  readonly cause: StopCause | undefined
  /** The same as a signal, made when first asked for: most calls end before anybody asks. */
  readonly signal: AbortSignal
  /** The first cause counts. */
  stop(cause: StopCause): void
  /** Calls back when stopped, at once when that was before. Returns the way to unsubscribe. */
  onStop(listener: (cause: StopCause) => void): () => void
}

export function createCancellation(): Cancellation {
  let listeners: Set<(cause: StopCause) => void> | undefined
  let cause: StopCause | undefined
  let controller: AbortController | undefined
  return {
    get cause() {
      return cause
    },
    get signal() {
      if (controller) return controller.signal
      controller = new AbortController()
      if (cause) controller.abort(stopError(cause))
      return controller.signal
    },
    stop(given) {
      if (cause) return
      cause = given
      controller?.abort(stopError(cause))
      for (const listener of listeners ?? []) listener(cause)
      listeners = undefined
    },
    onStop(listener) {
      if (cause) listener(cause)
      else {
        listeners ??= new Set()
        listeners.add(listener)
      }
      return () => listeners?.delete(listener)
    }
  }
}

/** Follows the signal that somebody else stops a call by. */
export function followSignal(signal: AbortSignal): Cancellation {
  const cancellation = createCancellation()
  const cancel = (): void => cancellation.stop('cancelled')
  if (signal.aborted) cancel()
  else signal.addEventListener('abort', cancel, { once: true })
  return cancellation
}

/** By its name an upstream client can tell a slow API from a client that gave up. */
function stopError(cause: StopCause): Error {
  return cause === 'timeout'
    ? new DOMException('deadline reached', 'TimeoutError')
    : new Error('client cancelled')
}
