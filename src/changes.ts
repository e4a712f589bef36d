import type { ChangeEvent, Changes } from './types.ts'

/** Carries change events from sources to whichever clients have subscribed. */
export function createChanges(): Changes {
  const listeners = new Set<(event: ChangeEvent) => void>()
  return Object.freeze({
    publish(event: ChangeEvent) {
      for (const listener of listeners) listener(event)
    },
    subscribe(listener: (event: ChangeEvent) => void) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    }
  })
}
