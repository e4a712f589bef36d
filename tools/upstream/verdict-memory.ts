import type { Verdict } from './link/link.ts'

/** A server found to be of 2025 may have been renewed since. */
const maxAgeMs = 3_600_000

/** What a connection has found out about a server, for those that follow. */
export interface VerdictMemory {
  /** Undefined for a modern server, which is asked each time: connecting to it means no more. */
  recall(): Verdict | undefined
  /** What is remembered and still good stays. */
  note(found: Verdict): void
  forget(): void
}

export function createVerdictMemory(): VerdictMemory {
  let noted: { readonly found: Verdict; readonly atMs: number } | undefined
  const recall = (): Verdict | undefined => {
    if (noted?.found.prior.kind !== 'legacy') return undefined
    return performance.now() - noted.atMs > maxAgeMs ? undefined : noted.found
  }
  return {
    recall,
    note(found) {
      if (!recall()) noted = { found, atMs: performance.now() }
    },
    forget() {
      noted = undefined
    }
  }
}
