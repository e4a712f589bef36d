/** A point of a function whose root is sought. */
export interface Point {
  readonly at: number
  readonly value: number
}

/** Root between two points of opposite sign, to the last bits (Brent 1973, chapter 4). */
export function brentRoot(f: (x: number) => number, start: Point, end: Point): number {
  let [best, opposite] = Math.abs(start.value) < Math.abs(end.value) ? [start, end] : [end, start]
  let previous = opposite
  let step = best.at - opposite.at
  let stepBefore = step
  for (let left = 200; left > 0 && best.value !== 0; left -= 1) {
    const tolerance = Number.EPSILON * Math.abs(best.at)
    const middle = (opposite.at - best.at) / 2
    if (Math.abs(middle) <= tolerance) break
    const guess = interpolate(best, previous, opposite)
    const safe = guess / middle > 0 && guess / middle < 1.5 && Math.abs(guess / stepBefore) < 0.5
    stepBefore = safe ? step : middle
    step = safe ? guess : middle
    const at = best.at + Math.sign(middle) * Math.max(Math.abs(step), tolerance)
    previous = best
    best = { at, value: f(at) }
    if (best.value > 0 === opposite.value > 0) {
      opposite = previous
      step = best.at - previous.at
      stepBefore = step
    }
    if (Math.abs(opposite.value) < Math.abs(best.value)) {
      ;[previous, best, opposite] = [best, opposite, best]
    }
  }
  return best.at
}

/** Step from `best`: inverse quadratic through three points, or the secant through two. */
function interpolate(best: Point, previous: Point, opposite: Point): number {
  const [fb, fa, fc] = [best.value, previous.value, opposite.value]
  if (fa === fb) return 0
  if (fa === fc) return (fb * (opposite.at - best.at)) / (fb - fc)
  const toPrevious = ((previous.at - best.at) * fb * fc) / ((fa - fb) * (fa - fc))
  const toOpposite = ((opposite.at - best.at) * fb * fa) / ((fc - fb) * (fc - fa))
  return toPrevious + toOpposite
}
