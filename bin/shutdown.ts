import { setTimeout as wait } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import { describeError } from '../src/log.ts'
import type { Log } from '../src/types.ts'

export interface Shutdown {
  /** Ends the process when nothing has gone wrong. */
  begin(): void
  /** Logs an error that makes the exit status 1. */
  note(what: string, error: unknown): void
  /** Closes all of them; one that fails keeps no other from it. */
  closeAll(what: string, closes: readonly (() => Promise<void>)[]): Promise<void>
}

export interface ShutdownOptions {
  readonly log: Log
  /** What `end` has not closed after so long is left open, and the exit status is 1. */
  readonly maxMs: number
  /** Signals that mean something else. */
  readonly skip: readonly ('SIGHUP' | 'SIGUSR2')[]
  /** Closes what serves. `isSignal` is false when the process is in doubt, or its client gone. */
  end(isSignal: boolean): Promise<void>
  /** Closes what records and logs, at last and however `end` went. Must not take long. */
  close(): Promise<void>
}

const errorEvents = ['uncaughtException', 'unhandledRejection'] as const

/**
 * Ends the process in order: at a signal with 0, at an error that nobody caught with 1. A second
 * signal ends it at once with 1; further errors are logged and change nothing.
 */
export function createShutdown({ log, maxMs, skip, end, close }: ShutdownOptions): Shutdown {
  let isEnding = false
  let failure: unknown

  const grace = closeWithGrace(
    // The library ends the process at a second error, and says nothing of it.
    // At its own deadline it would end it without a word, and without the last records.
    { delay: false, logger: false, skip: [...errorEvents, ...skip] },
    async ({ signal }) => {
      isEnding = true
      if (signal) log.info('shutting down', { signal })
      const isClosed = end(signal !== undefined).then(() => true)
      const isInTime = await Promise.race([isClosed, wait(maxMs, false)])
      if (!isInTime) note(`not closed after ${maxMs} ms`, new Error('late'))
      await close()
      if (failure !== undefined) throw failure
    }
  )

  function begin(): void {
    if (!isEnding) grace.close()
    isEnding = true
  }

  function note(what: string, error: unknown): void {
    failure ??= error ?? new Error('nothing')
    log.error(what, { error: describeError(error) })
  }

  for (const event of errorEvents) {
    process.on(event, (error: unknown) => {
      note('unexpected error, shutting down', error)
      begin()
    })
  }

  return Object.freeze({
    begin,
    note,
    async closeAll(what: string, closes: readonly (() => Promise<void>)[]) {
      const ends = await Promise.allSettled(closes.map(async (close) => close()))
      for (const each of ends) {
        if (each.status === 'rejected') note(`${what} could not be closed`, each.reason)
      }
    }
  })
}
