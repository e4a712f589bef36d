import type { Source } from '../source.ts'
import type { ToolDefinition } from '../types.ts'

/** The source with only the tools that `keeps` lets through, now and after every change. */
export function narrowSource(source: Source, keeps: (tool: ToolDefinition) => boolean): Source {
  return Object.freeze({
    get tools() {
      return source.tools.filter(keeps)
    },
    get resources() {
      return source.resources
    },
    get prompts() {
      return source.prompts
    },
    toolsets: source.toolsets,
    upstream: source.upstream,
    definedBy: source.definedBy,
    toolPrefix: source.toolPrefix,
    subscribe: source.subscribe,
    close: () => source.close()
  } satisfies Record<keyof Source, unknown>)
}
