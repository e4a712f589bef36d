const linesPerMinute = 100
const minuteMs = 60_000

/** How many lines of a child's stderr come into our log. */
export interface LineQuota {
  /** `last`: say that more is left out. */
  take(): 'keep' | 'last' | 'drop'
}

export function createLineQuota(now: () => number = () => performance.now()): LineQuota {
  let used = 0
  let sinceMs = now()
  return {
    take() {
      if (now() - sinceMs >= minuteMs) {
        used = 0
        sinceMs = now()
      }
      used++
      if (used <= linesPerMinute) return 'keep'
      return used === linesPerMinute + 1 ? 'last' : 'drop'
    }
  }
}
