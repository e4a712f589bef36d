import { betaTails } from './beta.ts'
import { brentRoot } from './brent.ts'
import { normalQuantile, normalSurvival } from './normal.ts'

// Beyond 1e150 the square of t is no double.
const asinhOfLargest = Math.asinh(1e150)
// From here on the beta fraction loses digits, and Wallace's z has eight or more.
const largeDf = 1e6

/** Probability that Student's t with `df` > 0 degrees of freedom is at most t. */
export function studentCdf(t: number, df: number): number {
  return studentSurvival(-t, df)
}

/** Probability that Student's t exceeds t, accurate in the far tail (DLMF 8.17, A&S 26.7.1). */
export function studentSurvival(t: number, df: number): number {
  if (df > largeDf) return normalSurvival(normalEquivalent(t, df))
  const half = outside(Math.abs(t), df) / 2
  return t < 0 ? 1 - half : half
}

/** D. L. Wallace (1959): the z whose normal tail is that of t. */
function normalEquivalent(t: number, df: number): number {
  const z = Math.sqrt(df * Math.log1p((t / df) * t))
  return (Math.sign(t) * z * (8 * df + 1)) / (8 * df + 3)
}

/** P(|T| > t) for t >= 0. */
function outside(t: number, df: number): number {
  const ratio = t / Math.sqrt(df)
  // x = df / (df + t^2) and 1 - x, without squaring what overflows.
  const x = ratio < 1 ? 1 / (1 + ratio * ratio) : 1 / ratio / (ratio + 1 / ratio)
  const complement = ratio < 1 ? (ratio * ratio) / (1 + ratio * ratio) : ratio / (ratio + 1 / ratio)
  return betaTails(x, complement, df / 2, 0.5).lower
}

/** The t that Student's t stays below with probability p; infinite at 0, at 1 and beyond 1e150. */
export function studentQuantile(p: number, df: number): number {
  if (p > 0.5) return upperQuantile(1 - p, df)
  return 0 - upperQuantile(p, df)
}

/** The t exceeded with probability q <= 0.5, sought in asinh t, where tails are nearly straight. */
function upperQuantile(q: number, df: number): number {
  if (q <= 0) return Number.POSITIVE_INFINITY
  if (q === 0.5) return 0
  const miss = (at: number) => Math.log(studentSurvival(Math.sinh(at), df) / q)
  let start = { at: 0, value: Math.log(0.5 / q) }
  let end = start
  for (let at = Math.asinh(-normalQuantile(q)); end.value > 0; at *= 1.5) {
    start = end
    if (at > asinhOfLargest) return Number.POSITIVE_INFINITY
    end = { at, value: miss(at) }
  }
  if (Number.isNaN(end.value)) return Number.NaN
  return Math.sinh(brentRoot(miss, start, end))
}
