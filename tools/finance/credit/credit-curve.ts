import { ToolError } from '../../../src/define-tool.ts'
import { brentRoot } from '../numeric/brent.ts'
import { type HazardCurve, parSpread, valueCdsLegs } from './cds-legs.ts'

const highestHazard = 1e4
const maxResidual = 1e-9

/** A quoted swap: years, and spread per year. */
export interface CdsQuote {
  readonly tenor: number
  readonly basisPoints: number
}

/**
 * Piecewise constant intensities that reprice every quote, solved tenor by tenor in ascending order.
 * A ToolError names the tenor whose spread needs an intensity below 0 or beyond every bound.
 */
export function bootstrapHazards(
  quotes: readonly CdsQuote[],
  recoveryRate: number,
  rate: number
): HazardCurve {
  let curve: HazardCurve = []
  for (const quote of quotes) {
    const spread = quote.basisPoints / 10_000
    const start = curve.at(-1)?.untilYears ?? 0
    curve = [...curve, { untilYears: quote.tenor, hazardRate: 0 }]
    const known = curve.slice(0, -1)
    const withHazard = (hazardRate: number) => [...known, { untilYears: quote.tenor, hazardRate }]
    const excess = (hazardRate: number) => {
      const legs = valueCdsLegs(withHazard(hazardRate), rate, quote.tenor)
      return (1 - recoveryRate) * legs.default - spread * (legs.annuity + legs.accrual)
    }
    curve = withHazard(solveHazard(excess, quote, start))
    const repriced = parSpread(valueCdsLegs(curve, rate, quote.tenor), recoveryRate)
    if (!(Math.abs(repriced - spread) <= maxResidual * Math.max(spread, 1e-6))) {
      throw new ToolError(`cdsSpreads: ${name(quote)} cannot be repriced; check its spread`)
    }
  }
  return curve
}

/** The value to the buyer rises with the intensity, from below 0 unless the spread is too low. */
function solveHazard(excess: (hazard: number) => number, quote: CdsQuote, start: number): number {
  const low = excess(0)
  if (low === 0) return 0
  if (low > 0) {
    throw new ToolError(
      `cdsSpreads: ${name(quote)} needs an intensity below 0 after year ${start}, because default until then already costs more; give it a higher spread, or lower ones before it`
    )
  }
  let at = 0.01
  let value = excess(at)
  while (value < 0 && at < highestHazard) {
    at *= 4
    value = excess(at)
  }
  if (!(value >= 0)) {
    throw new ToolError(
      `cdsSpreads: ${name(quote)} is too high: even default right after year ${start} would not explain it; give it a lower spread, or higher ones before it`
    )
  }
  return brentRoot(excess, { at: 0, value: low }, { at, value })
}

function name({ tenor, basisPoints }: CdsQuote): string {
  return `${basisPoints} basis points for ${tenor} years`
}
