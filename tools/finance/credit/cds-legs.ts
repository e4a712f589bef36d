import { decayMoment, meanDecay } from '../numeric/decay.ts'

const paymentYears = 0.25

/** Default intensities, each constant from the end of the one before it; the last goes on for ever. */
export type HazardCurve = readonly HazardSegment[]

export interface HazardSegment {
  readonly untilYears: number
  readonly hazardRate: number
}

/** Present values of a credit default swap on a notional of 1. */
export interface CdsLegs {
  /** 1 paid at default, before maturity; the swap pays 1 - recovery of it. */
  readonly default: number
  /** 1 a year paid quarterly in arrears until default or maturity. */
  readonly annuity: number
  /** What has accrued of that 1 a year since the last payment, paid at default. */
  readonly accrual: number
}

/**
 * Both legs by their exact integrals over the pieces on which the intensity is constant, at a flat
 * continuously compounded rate. Premiums fall on whole quarters and at maturity.
 */
export function valueCdsLegs(curve: HazardCurve, rate: number, maturity: number): CdsLegs {
  const ends = curve.map(({ untilYears }) => untilYears)
  const legs = { default: 0, annuity: 0, accrual: 0 }
  let survival = 1
  let time = 0
  let paidUntil = 0
  let quarter = 1
  while (time < maturity) {
    const paymentDue = Math.min(quarter * paymentYears, maturity)
    const end = Math.min(paymentDue, ends.find((at) => at > time) ?? maturity)
    const hazard = hazardAt(curve, time)
    const length = end - time
    const decay = (hazard + rate) * length
    const density = survival * Math.exp(-rate * time) * hazard * length
    legs.default += density * meanDecay(decay)
    legs.accrual += density * ((time - paidUntil) * meanDecay(decay) + length * decayMoment(decay))
    survival *= Math.exp(-hazard * length)
    time = end
    if (time === paymentDue) {
      legs.annuity += (time - paidUntil) * survival * Math.exp(-rate * time)
      paidUntil = time
      quarter += 1
    }
  }
  return legs
}

function hazardAt(curve: HazardCurve, years: number): number {
  const segment = curve.find(({ untilYears }) => untilYears > years) ?? curve.at(-1)
  return segment?.hazardRate ?? 0
}

/** Probability of no default until then. */
export function survivalAt(curve: HazardCurve, years: number): number {
  let exponent = 0
  let start = 0
  for (const [index, { untilYears, hazardRate }] of curve.entries()) {
    const end = index === curve.length - 1 ? years : Math.min(untilYears, years)
    if (end > start) exponent += hazardRate * (end - start)
    start = Math.max(start, end)
  }
  return Math.exp(-exponent)
}

/** Spread per year at which both legs are worth the same. */
export function parSpread(legs: CdsLegs, recoveryRate: number): number {
  return ((1 - recoveryRate) * legs.default) / (legs.annuity + legs.accrual)
}
