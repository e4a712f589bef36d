import { ToolError } from '../../../src/define-tool.ts'
import { decayMoment, meanDecay } from '../numeric/decay.ts'
import { solveLeastSquares } from '../numeric/least-squares.ts'

/** Level, slope and curvature of a Nelson-Siegel curve, and its decay time in years. */
export interface NelsonSiegel {
  readonly level: number
  readonly slope: number
  readonly curvature: number
  readonly decayYears: number
}

/** Loadings of the three coefficients (Nelson and Siegel 1987, Diebold and Li 2006). */
function loadings(years: number, decayYears: number): [number, number, number] {
  const x = years / decayYears
  return [1, meanDecay(x), x * decayMoment(x)]
}

/** Least squares of the yields for a given decay time; a ToolError when the maturities tell too little. */
export function fitNelsonSiegel(
  maturities: readonly number[],
  yields: readonly number[],
  decayYears: number
): NelsonSiegel {
  const rows = maturities.map((years) => loadings(years, decayYears))
  const { coefficients, collinear } = solveLeastSquares(rows, yields)
  const [level, slope, curvature] = coefficients
  if (
    collinear.length > 0 ||
    level === undefined ||
    slope === undefined ||
    curvature === undefined
  ) {
    throw new ToolError(
      'lambda: at these maturities the three parts of the curve cannot be told apart; give at least three different maturities and a lambda among them'
    )
  }
  return { level, slope, curvature, decayYears }
}

/** Zero-coupon yield of the curve at a maturity in years. */
export function yieldOn(curve: NelsonSiegel, years: number): number {
  const [level, slope, curvature] = loadings(years, curve.decayYears)
  return curve.level * level + curve.slope * slope + curve.curvature * curvature
}

/** Instantaneous forward rate: level + (slope + curvature t / tau) e^(-t / tau). */
export function forwardOn(curve: NelsonSiegel, years: number): number {
  const x = years / curve.decayYears
  return curve.level + (curve.slope + curve.curvature * x) * Math.exp(-x)
}
