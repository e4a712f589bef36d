/** More that nobody asked for within a second has to wait: handling it would hold up everybody else. */
const perSecond = 500
const secondMs = 1000

/** Notes so many messages; returns for how many milliseconds to read no more. */
export type Pace = (count: number) => number

export function createPace(now: () => number = () => performance.now()): Pace {
  let used = 0
  let sinceMs = now()
  return (count) => {
    const passedMs = now() - sinceMs
    if (passedMs >= secondMs) {
      used = 0
      sinceMs = now()
    }
    used += count
    return used > perSecond ? Math.max(1, sinceMs + secondMs - now()) : 0
  }
}
