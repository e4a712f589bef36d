import { deviance, stirlingError } from './gamma.ts'

/**
 * n! / (k! (n - k)!) p^k q^(n - k), also for large and for broken n and k, by Loader's saddle-point
 * expansion (2000). `q` is 1 - p, given apart so that neither loses digits.
 */
export function binomialDensity(k: number, n: number, p: number, q: number): number {
  if (p === 0) return k === 0 ? 1 : 0
  if (q === 0) return k === n ? 1 : 0
  if (k === 0) return Math.exp(p < 0.5 ? n * Math.log1p(-p) : n * Math.log(q))
  if (k === n) return Math.exp(q < 0.5 ? n * Math.log1p(-q) : n * Math.log(p))
  const rest = n - k
  const errors = stirlingError(n) - stirlingError(k) - stirlingError(rest)
  // k - n p = n q - (n - k): taken where fewer digits cancel.
  const excess = p < q ? k - n * p : n * q - rest
  const exponent = errors - deviance(k, n * p, excess) - deviance(rest, n * q, -excess)
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k) / rest)
}
