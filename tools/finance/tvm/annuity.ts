/** When the payments of an annuity fall: at the end (ordinary) or the start (due) of each period. */
type AnnuityType = 'ordinary' | 'due'

/** (1 + rate)^periods. The bits of `rate` that 1 + rate rounds away are put back to first order. */
function growthFactor(rate: number, periods: number): number {
  const base = 1 + rate
  const lost = rate > 1 ? 1 - (base - rate) : rate - (base - 1)
  const correction = (periods * lost) / base
  // Less than half a unit in the last place: nothing to put back.
  if (Math.abs(correction) < Number.EPSILON / 2) return base ** periods
  if (Math.abs(correction) > 1) return Math.exp(periods * Math.log1p(rate))
  return base ** periods * Math.exp(correction)
}

/** value * (1 + rate)^periods; in two halves where the factor alone leaves the range of a double. */
export function compound(value: number, rate: number, periods: number): number {
  const factor = growthFactor(rate, periods)
  if (value === 0) return 0
  if (Number.isFinite(factor) && factor !== 0) return value * factor
  const half = growthFactor(rate, periods / 2)
  return value * half * half
}

/** (1 + rate)^periods - 1, without the cancellation that loses every digit near 0. */
function growthLessOne(rate: number, periods: number): number {
  const log = periods * Math.log1p(rate)
  return Math.abs(log) < 1 ? Math.expm1(log) : growthFactor(rate, periods) - 1
}

/** Value today of a payment at the end of each period: p (1 - (1+r)^-n) / r, and p n at rate 0. */
export function annuityPv(payment: number, rate: number, periods: number): number {
  const factor = rate === 0 ? periods : -growthLessOne(rate, -periods) / rate
  if (Number.isFinite(factor)) return payment * factor
  return (payment - compound(payment, rate, -periods)) / rate
}

/** Value after the last period of a payment at the end of each: p ((1+r)^n - 1) / r, and p n at rate 0. */
export function annuityFv(payment: number, rate: number, periods: number): number {
  const factor = rate === 0 ? periods : growthLessOne(rate, periods) / rate
  if (Number.isFinite(factor)) return payment * factor
  return (compound(payment, rate, periods) - payment) / rate
}

export interface Loan {
  readonly presentValue: number
  readonly rate: number
  readonly periods: number
  /** Balance wanted after the last payment, Excel's fv; negative for a balloon still owed. */
  readonly futureValue: number
  readonly type: AnnuityType
}

/** Level payment, positive when paid: (pv (1+r)^n + fv) r / ((1+r)^n - 1), due / (1+r); Excel's -PMT. */
export function levelPayment({ presentValue, rate, periods, futureValue, type }: Loan): number {
  // Each branch keeps its power of 1+r below 1, so a long term cannot overflow on the way.
  const ordinary =
    rate >= 0
      ? (presentValue + compound(futureValue, rate, -periods)) / annuityPv(1, rate, periods)
      : (compound(presentValue, rate, periods) + futureValue) / annuityFv(1, rate, periods)
  return type === 'due' ? ordinary / (1 + rate) : ordinary
}
