import { ToolError } from '../../../src/define-tool.ts'
import { type Matrix, solveCholesky } from '../numeric/matrix.ts'

/** Minimise w Q w / 2 - c w over weights that sum to 1, each from 0 to `cap`; Q of elements up to 1. */
export interface WeightsProgram {
  /** Positive definite. */
  readonly matrix: Matrix
  readonly linear: readonly number[]
  readonly cap: number
}

/** Still an answer where rounding allows no better one; the residual says so. */
const coarseTolerance = 1e-9
const roundsPerWeight = 20
/** No exchange: a last step on the face takes off what the tolerance left. */
const nothing = { up: -1, down: -1 }

/**
 * The weights, by an active set method: Newton's step on the face of the free weights as far as the
 * bounds allow; where it cannot move, the pair of weights that gains most by exchange (Platt 1999).
 * Every round lowers the objective, so that no set of free weights comes back. `start` is feasible.
 */
export function solveWeights(program: WeightsProgram, start: readonly number[]): number[] {
  // The rounding error of a slope.
  const tolerance = 4 * Number.EPSILON * start.length
  let weights = [...start]
  for (let left = roundsPerWeight * (start.length + 10); left > 0; left -= 1) {
    const slopes = gradientAt(program, weights)
    const pair = bestExchange(weights, slopes, program.cap)
    if (pair.gain <= tolerance * pair.scale) {
      return stepOnFace(program, weights, slopes, nothing) ?? weights
    }
    weights = stepOnFace(program, weights, slopes, pair) ?? exchange(program, weights, slopes, pair)
  }
  if (residualOf(program, weights) <= coarseTolerance) return weights
  throw new ToolError(
    'covariances: too badly conditioned for an answer; leave out assets that hardly vary'
  )
}

/**
 * How far weights are from optimal: the largest gain by an exchange of two weights that the bounds
 * allow (Karush-Kuhn-Tucker), relative to their slopes. 0 is optimal.
 */
export function residualOf(program: WeightsProgram, weights: readonly number[]): number {
  const { gain, scale } = bestExchange(weights, gradientAt(program, weights), program.cap)
  return Math.max(0, gain) / scale
}

function gradientAt({ matrix, linear }: WeightsProgram, weights: readonly number[]): number[] {
  return matrix.map((row, i) => {
    let slope = -Number(linear[i])
    for (let j = 0; j < row.length; j += 1) slope += Number(row[j]) * Number(weights[j])
    return slope
  })
}

/** The weight to raise, the one to lower, and what a unit of the exchange gains. */
interface Exchange {
  readonly up: number
  readonly down: number
  readonly gain: number
  /** Size of the numbers whose difference it is; the elements of the matrix are about 1. */
  readonly scale: number
}

function bestExchange(
  weights: readonly number[],
  slopes: readonly number[],
  cap: number
): Exchange {
  let [up, down] = [-1, -1]
  for (const [i, weight] of weights.entries()) {
    const slope = Number(slopes[i])
    if (weight < cap && (up === -1 || slope < Number(slopes[up]))) up = i
    if (weight > 0 && (down === -1 || slope > Number(slopes[down]))) down = i
  }
  const [lowest, highest] = [Number(slopes[up]), Number(slopes[down])]
  // With one asset, or all at the cap, nothing can be exchanged.
  if (up === -1 || down === -1) return { up, down, gain: 0, scale: 1 }
  const scale = 1 + Math.abs(lowest) + Math.abs(highest)
  return { up, down, gain: highest - lowest, scale }
}

/** Towards the optimum of the free weights and the pair, up to the first bound; undefined at once. */
function stepOnFace(
  { matrix, cap }: WeightsProgram,
  weights: readonly number[],
  slopes: readonly number[],
  { up, down }: Pick<Exchange, 'up' | 'down'>
): number[] | undefined {
  const free = weights.flatMap((weight, i) =>
    (weight > 0 && weight < cap) || i === up || i === down ? [i] : []
  )
  if (free.length === 0) return undefined
  const step = solveFace(matrix, weights, slopes, free)
  if (!step) return undefined
  let [length, blocked] = [1, -1]
  for (const [k, change] of step.entries()) {
    const weight = Number(weights[Number(free[k])])
    const room = change > 0 ? cap - weight : -weight
    if (change !== 0 && room / change < length) [length, blocked] = [room / change, k]
  }
  if (length <= 0) return undefined
  const moved = [...weights]
  for (const [k, i] of free.entries()) {
    const target = Number(weights[i]) + length * Number(step[k])
    moved[i] = Math.min(cap, Math.max(0, target))
    if (k === blocked) moved[i] = Number(step[k]) > 0 ? cap : 0
  }
  return moved
}

/**
 * Newton's step of the free weights. The largest one takes what the others leave, so that the step
 * is solved without the constraint, which a badly conditioned matrix would not keep.
 */
function solveFace(
  matrix: Matrix,
  weights: readonly number[],
  slopes: readonly number[],
  free: readonly number[]
): number[] | undefined {
  const rest = free.reduce((best, i) => (Number(weights[i]) > Number(weights[best]) ? i : best))
  const others = free.filter((i) => i !== rest)
  const at = (i: number, j: number) => Number(matrix[i]?.[j])
  const reduced = others.map((i) =>
    others.map((j) => at(i, j) - at(i, rest) - at(rest, j) + at(rest, rest))
  )
  const downhill = others.map((i) => Number(slopes[rest]) - Number(slopes[i]))
  const solved = others.length === 0 ? [] : solveCholesky(reduced, downhill)
  if (!solved) return undefined
  // What rounding has taken from the sum of the weights comes back here.
  const left = 1 - sum(weights) - sum(solved)
  const changes = new Map(others.map((i, k) => [i, Number(solved[k])]))
  return free.map((i) => changes.get(i) ?? left)
}

function exchange(
  { matrix, cap }: WeightsProgram,
  weights: readonly number[],
  slopes: readonly number[],
  { up, down }: Exchange
): number[] {
  const curvature =
    Number(matrix[up]?.[up]) + Number(matrix[down]?.[down]) - 2 * Number(matrix[up]?.[down])
  const wanted = (Number(slopes[down]) - Number(slopes[up])) / curvature
  const room = Math.min(cap - Number(weights[up]), Number(weights[down]))
  const amount = wanted > 0 && wanted < room ? wanted : room
  return weights
    .with(up, Math.min(cap, Number(weights[up]) + amount))
    .with(down, Math.max(0, Number(weights[down]) - amount))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
