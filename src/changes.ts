/** Something that a connected client may have subscribed to has changed. */
export type ChangeEvent =
  | { readonly kind: 'tools' | 'prompts' | 'resources' }
  | { readonly kind: 'resource'; readonly uri: string }

export interface Changes {
  publish(event: ChangeEvent): void
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: ChangeEvent) => void): () => void
}

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
