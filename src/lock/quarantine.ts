import type { Audit, ToolDrift } from '../audit.ts'
import type { NamedTool } from '../catalogue/tool-names.ts'
import { toWireTool } from '../catalogue/view.ts'
import type { Log, ToolDefinition } from '../types.ts'
import { isSame } from './lock-diff.ts'
import { digestDefinition } from './pinned-tool.ts'
import type { WatchedLock } from './watched-lock.ts'

/** Keeps back tools from outside whose definitions nobody approved. */
export interface Quarantine {
  /** Those that may be offered. */
  admit(tools: readonly NamedTool[]): readonly ToolDefinition[]
  /** Calls `listener` after what is approved has changed. */
  subscribe(listener: () => void): void
}

/** What is held back and why. */
interface Held {
  readonly drift: ToolDrift
  readonly source: string
  readonly oldDigest?: string
  readonly newDigest: string
}

export interface QuarantineOptions {
  readonly lock: WatchedLock
  readonly audit: Pick<Audit, 'record'>
  readonly log: Log
}

/**
 * Compares every definition from outside with the lock, each time anew: what is held back is decided
 * by the lock and the definition alone, so that a restart decides the same. Without a lock everything
 * is admitted.
 */
export function createQuarantine({ lock, audit, log }: QuarantineOptions): Quarantine {
  const digests = new WeakMap<ToolDefinition, string>()
  let held: ReadonlyMap<string, Held> = new Map()

  function digestOf(tool: ToolDefinition): string {
    const known = digests.get(tool)
    if (known !== undefined) return known
    const digest = digestDefinition(toWireTool(tool))
    digests.set(tool, digest)
    return digest
  }

  function judge({ tool, definedBy }: NamedTool): Held | undefined {
    const approved = lock.current()
    if (!approved || definedBy === undefined) return undefined
    const pinned = approved.get(tool.name)
    const newDigest = digestOf(tool)
    if (!pinned) return { drift: 'added', source: definedBy, newDigest }
    if (isSame(pinned, { source: definedBy, sha256: newDigest })) return undefined
    return { drift: 'changed', source: definedBy, oldDigest: pinned.sha256, newDigest }
  }

  function report(now: ReadonlyMap<string, Held>): void {
    const news = [...now].filter(([name, next]) => !isEqual(held.get(name), next))
    for (const [tool, { drift, ...rest }] of news) {
      audit.record({ event: 'TOOL_DRIFT', reason: drift, tool, ...rest })
    }
    if (news.length > 0) {
      const drifts = [...now.values()].map(({ drift }) => drift)
      const changed = drifts.filter((drift) => drift === 'changed').length
      log.warn('tools are withheld until approved: see mcp-server lock diff', {
        changed,
        added: drifts.length - changed
      })
    }
    held = now
  }

  return Object.freeze({
    admit(tools: readonly NamedTool[]) {
      const now = new Map<string, Held>()
      const admitted = tools.flatMap((named) => {
        const found = judge(named)
        if (found) now.set(named.tool.name, found)
        return found ? [] : [named.tool]
      })
      report(now)
      return admitted
    },
    subscribe: lock.subscribe
  })
}

function isEqual(a: Held | undefined, b: Held): boolean {
  return a?.newDigest === b.newDigest && a.oldDigest === b.oldDigest && a.source === b.source
}
