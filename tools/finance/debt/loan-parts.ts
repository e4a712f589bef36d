import { annuityFv, annuityPv, compound, levelPayment } from '../tvm/annuity.ts'

/** A loan of level payments, of which `balloon` is still owed at the end of the last period. */
export interface LevelLoan {
  readonly amount: number
  readonly rate: number
  readonly periods: number
  readonly balloon: number
  readonly timing: 'ordinary' | 'due'
}

export interface LoanParts {
  readonly payment: number
  interest(period: number): number
  principal(period: number): number
  /** Owed right after a payment; after payment 0 the amount itself. */
  balanceAfter(period: number): number
}

/** Parts of each payment, as Excel's IPMT and PPMT with the signs turned. */
export function splitLoan({ amount, rate, periods, balloon, timing }: LevelLoan): LoanParts {
  const loan = { presentValue: amount, rate, periods, futureValue: -balloon }
  const ordinary = levelPayment({ ...loan, type: 'ordinary' })
  // Payments at the start: all but the first split as those at the end, one period earlier.
  const earlier = timing === 'due' ? 1 + rate : 1
  const payment = ordinary / earlier

  // What is left to pay, discounted: no cancellation where the balance is nearly gone.
  const balanceAfter = (period: number) =>
    period === 0
      ? amount
      : (annuityPv(ordinary, rate, periods - period) + compound(balloon, rate, period - periods)) /
        earlier

  const interest = (period: number) => {
    if (timing === 'ordinary') return balanceAfter(period - 1) * rate
    return period === 1 ? 0 : balanceAfter(period - 1) * rate
  }

  // (amount - balloon) r (1+r)^(k-1) / ((1+r)^n - 1): payment less interest would cancel early on.
  const principal = (period: number) => {
    if (timing === 'due' && period === 1) return payment
    const share =
      rate >= 0
        ? compound(1, rate, period - 1 - periods) / annuityPv(1, rate, periods)
        : compound(1, rate, period - 1) / annuityFv(1, rate, periods)
    return ((amount - balloon) * share) / earlier
  }

  return { payment, interest, principal, balanceAfter }
}
