import { ToolError } from '../../../src/define-tool.ts'
import type { OptionTerms, OptionType } from './black-scholes.ts'

/** Moves of a Cox-Ross-Rubinstein tree (1979): u = e^(sigma sqrt dt), d = 1 / u. */
export interface TreeMoves {
  /** ln u */
  readonly logMove: number
  /** Risk-neutral probability of a move up. */
  readonly probability: number
  /** Discount factor of one step. */
  readonly discount: number
  /** Length of a step in years. */
  readonly stepYears: number
}

/** The moves of a tree; a ToolError where its steps are too long for a probability within [0, 1]. */
export function createTreeMoves(terms: OptionTerms, steps: number): TreeMoves {
  const { timeToExpiry, riskFreeRate, volatility } = terms
  const stepYears = timeToExpiry / steps
  const logMove = volatility * Math.sqrt(stepYears)
  const drift = riskFreeRate * stepYears
  // (e^drift - d) / (u - d), without cancellation in short steps.
  const probability = Math.expm1(drift + logMove) / Math.expm1(2 * logMove)
  if (!(probability >= 0 && probability <= 1)) {
    const needed = Math.ceil(timeToExpiry * (riskFreeRate / volatility) ** 2)
    throw new ToolError(
      `steps: the probability of a move up leaves [0, 1] because the rate outgrows the volatility within a step; use at least ${needed} steps, or price_black_scholes_option`
    )
  }
  return {
    logMove,
    probability,
    discount: Math.exp(-drift),
    stepYears
  }
}

/** Values at the first nodes of a tree. */
export interface TreeValues {
  readonly price: number
  /** After one step, from the lowest; then after two. */
  readonly afterOne: readonly number[]
  readonly afterTwo: readonly number[]
}

/** Backward induction. `pace` is called once per step with the steps done, and may give way. */
export async function valueTree(
  terms: OptionTerms & { readonly type: OptionType; readonly american: boolean },
  moves: TreeMoves,
  steps: number,
  pace: (done: number) => Promise<void> | undefined
): Promise<TreeValues> {
  const payoffs = payoffsByMoves(terms, moves, steps)
  const values = payoffs.filter((_, index) => index % 2 === 0)
  let afterOne: readonly number[] = []
  let afterTwo: readonly number[] = []
  for (let step = steps - 1; step >= 0; step -= 1) {
    if (step === 1) afterTwo = [...values.subarray(0, 3)]
    if (step === 0) afterOne = [...values.subarray(0, 2)]
    holdOneStep(values, moves, step)
    // After n steps the net moves are -n, -n + 2, ..., n.
    if (terms.american) exerciseWhereBetter(values, payoffs.subarray(steps - step), step)
    const wait = pace(steps - step)
    if (wait) await wait
  }
  return { price: values[0] ?? Number.NaN, afterOne, afterTwo }
}

function holdOneStep(values: Float64Array, moves: TreeMoves, step: number): void {
  const upWeight = moves.discount * moves.probability
  const downWeight = moves.discount * (1 - moves.probability)
  for (let ups = 0; ups <= step; ups += 1) {
    values[ups] = upWeight * (values[ups + 1] ?? 0) + downWeight * (values[ups] ?? 0)
  }
}

function exerciseWhereBetter(values: Float64Array, payoffs: Float64Array, step: number): void {
  for (let ups = 0; ups <= step; ups += 1) {
    values[ups] = Math.max(values[ups] ?? 0, payoffs[2 * ups] ?? 0)
  }
}

/** What exercise brings after a net number of moves up, from -steps to steps. */
function payoffsByMoves(
  terms: OptionTerms & { readonly type: OptionType },
  moves: TreeMoves,
  steps: number
): Float64Array {
  const sign = terms.type === 'call' ? 1 : -1
  return Float64Array.from({ length: 2 * steps + 1 }, (_, index) => {
    const spot = terms.spotPrice * Math.exp((index - steps) * moves.logMove)
    return Math.max(0, sign * (spot - terms.strikePrice))
  })
}
