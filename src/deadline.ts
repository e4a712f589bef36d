/** Why a call's signal fired. */
export type StopCause = 'timeout' | 'cancelled'

export interface Deadline {
  /** Fires at the deadline or when the client gives up. */
  readonly signal: AbortSignal
  /** Resolves with the cause when the signal fires; never otherwise. */
  readonly stopped: Promise<StopCause>
  /** Ends the timer and lets go of the parent. */
  close(): void
}

/** Joins a client's signal and a time limit into one signal. */
export function openDeadline(client: AbortSignal, timeoutMs: number): Deadline {
  const controller = new AbortController()
  let settle: (cause: StopCause) => void = () => {}
  const stopped = new Promise<StopCause>((resolve) => {
    settle = resolve
  })
  const stop = (cause: StopCause): void => {
    settle(cause)
    // By this name an upstream client can tell a slow API from a client that gave up.
    controller.abort(
      cause === 'timeout'
        ? new DOMException('deadline reached', 'TimeoutError')
        : new Error('client cancelled')
    )
  }
  const cancel = (): void => stop('cancelled')
  const timer = setTimeout(() => stop('timeout'), timeoutMs)
  if (client.aborted) cancel()
  else client.addEventListener('abort', cancel, { once: true })
  return {
    signal: controller.signal,
    stopped,
    close() {
      clearTimeout(timer)
      client.removeEventListener('abort', cancel)
    }
  }
}
