import type { PromptDefinition } from '../../src/prompt.ts'
import type { Source } from '../../src/source.ts'
import type { ResourceDefinition, ToolDefinition } from '../../src/types.ts'

interface Offer {
  readonly tools?: readonly ToolDefinition[]
  readonly prompts?: readonly PromptDefinition[]
  readonly resources?: readonly ResourceDefinition[]
}

/** A source whose offer a test replaces. */
export function createLiveSource(
  toolPrefix: string,
  definedBy?: string
): {
  readonly source: Source
  offer(next: Offer): void
} {
  let current: Offer = {}
  const listeners = new Set<() => void>()
  const source = Object.freeze({
    get tools() {
      return current.tools ?? []
    },
    get prompts() {
      return current.prompts ?? []
    },
    get resources() {
      return current.resources ?? []
    },
    toolPrefix,
    ...(definedBy !== undefined && { definedBy }),
    subscribe(listener: () => void) {
      listeners.add(listener)
    },
    close: async () => {}
  })
  return {
    source,
    offer(next) {
      current = next
      for (const listener of listeners) listener()
    }
  }
}
