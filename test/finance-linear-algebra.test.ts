import fc from 'fast-check'
import t from 'tap'
import { solveLeastSquares } from '../tools/finance/numeric/least-squares.ts'
import {
  cholesky,
  isSymmetric,
  type Matrix,
  multiply,
  solveCholesky,
  symmetricEigenvalues,
  transpose
} from '../tools/finance/numeric/matrix.ts'
import {
  correlation,
  covariance,
  mean,
  standardDeviation,
  variance
} from '../tools/finance/numeric/moments.ts'
import { quantile, sortNumbers } from '../tools/finance/numeric/quantile.ts'
import { filip, longley, numAcc3, numAcc4, wampler1, wampler2 } from './golden/strd.ts'

/** Digits that agree, as NIST counts them: -log10 of the relative error. */
function digitsOf(actual: number | undefined, certified: number): number {
  const error = Math.abs((actual ?? Number.NaN) - certified)
  return error === 0
    ? 15
    : Math.min(15, -Math.log10(certified === 0 ? error : error / Math.abs(certified)))
}

// Longley and Wampler are what is reached, rounded down. Filip could not do better than 8: its powers of x
// are rounded to doubles before the fit begins.
const fits = [
  { fit: longley, digits: 12, errorDigits: 12 },
  { fit: filip, digits: 7.5, errorDigits: 7.5 },
  { fit: wampler1, digits: 9, errorDigits: 0 },
  { fit: wampler2, digits: 12, errorDigits: 0 }
]

for (const { fit, digits, errorDigits } of fits) {
  t.test(`NIST StRD ${fit.name}: coefficients to ${digits} digits`, (t) => {
    const X = fit.predictors.map((row) => [1, ...row])
    const { coefficients, residuals, inverseGram, rank, collinear } = solveLeastSquares(
      X,
      fit.response
    )
    t.equal(rank, fit.coefficients.length)
    t.same(collinear, [])
    const degrees = X.length - rank
    const sigma = Math.sqrt(residuals.reduce((sum, value) => sum + value ** 2, 0) / degrees)
    for (const [k, certified] of fit.coefficients.entries()) {
      const reached = digitsOf(coefficients[k], certified)
      t.ok(reached >= digits, `b${k}: ${reached.toFixed(1)} digits`)
      if (errorDigits === 0) continue
      const error = sigma * Math.sqrt(inverseGram[k]?.[k] ?? Number.NaN)
      const held = digitsOf(error, fit.standardErrors[k] ?? 0)
      t.ok(held >= errorDigits, `standard error ${k}: ${held.toFixed(1)} digits`)
    }
    t.end()
  })
}

t.test('the leverages of all rows add up to the number of columns, for Filip too', (t) => {
  for (const { predictors, response } of [longley, filip, wampler1]) {
    const X = predictors.map((row) => [1, ...row])
    const { leverage, rank } = solveLeastSquares(X, response)
    const total = X.reduce((sum, row) => sum + leverage(row), 0)
    t.ok(Math.abs(total / rank - 1) < 1e-8, `${total} for ${rank} columns`)
  }
  t.end()
})

t.test('collinear columns are named', (t) => {
  const rows = [1, 2, 3, 4, 5, 7].map((x, i) => [1, x, (i * i) % 5, 3 * x - 2, 0])
  const short = rows.map((row) => row.slice(0, 4))
  t.same(solveLeastSquares(short, [1, 2, 3, 4, 5, 6]).collinear, [0, 1, 3])
  t.equal(solveLeastSquares(short, [1, 2, 3, 4, 5, 6]).rank, 3)
  t.same(
    solveLeastSquares(
      rows.map((row) => [row[4] ?? 0, row[0] ?? 0]),
      [1, 2, 3, 4, 5, 6]
    ).collinear,
    [0]
  )
  t.end()
})

t.test('NIST StRD NumAcc3 and NumAcc4: the digits that the data, as doubles, allow', (t) => {
  // Of 1000000.2 a double keeps the .2 to ten digits, of 10000000.2 to nine.
  t.ok(digitsOf(mean(numAcc3), 1_000_000.2) >= 14.9)
  t.ok(digitsOf(standardDeviation(numAcc3, 1), 0.1) >= 9)
  t.ok(digitsOf(mean(numAcc4), 10_000_000.2) >= 14.9)
  t.ok(digitsOf(standardDeviation(numAcc4, 1), 0.1) >= 8)
  t.end()
})

t.test('moments far from 0, near the largest number and of constants', (t) => {
  const far = Array.from({ length: 10 }, (_, i) => 1e9 + i)
  t.equal(variance(far, 1), 55 / 6)
  t.equal(variance(far, 0), 8.25)
  t.equal(correlation(far, far), 1)
  t.equal(
    covariance(
      far,
      far.map((x) => -2 * x),
      1
    ),
    -55 / 3
  )
  t.equal(standardDeviation([1e200, 3e200], 0), 1e200)
  t.equal(correlation([1e200, 3e200, 4e200], [2, 6, 8]), 1)
  t.equal(variance(Array(1000).fill(0.1), 1), 0)
  t.ok(Number.isNaN(correlation([1, 1], [1, 2])))
  t.end()
})

t.test('type 7 quantiles', (t) => {
  // Excel documentation, PERCENTILE.INC: {1, 2, 3, 4} at 0.3 is 1.9.
  t.ok(Math.abs(quantile([1, 2, 3, 4], 0.3) - 1.9) < 1e-15)
  t.equal(quantile([-1.7e308, 1.7e308], 0.5), 0)
  t.equal(quantile([5], 0.3), 5)
  t.same(sortNumbers([10, 9, -1, 2]), [-1, 2, 9, 10])
  t.ok(Number.isNaN(quantile([], 0.5)))
  t.end()
})

t.test('quantiles never fall where p rises, and stay within the values', (t) => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const rise = fc.double({ min: 0, max: 1e-15, noNaN: true })
  fc.assert(
    fc.property(values, share, rise, (list, p, more) => {
      const sorted = sortNumbers(list)
      const [at, next] = [quantile(sorted, p), quantile(sorted, Math.min(1, p + more))]
      return at <= next && at >= (sorted[0] ?? at) && next <= (sorted.at(-1) ?? next)
    })
  )
  t.end()
})

const entry = fc.double({ min: -10, max: 10, noNaN: true })
const square = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.array(fc.array(entry, { minLength: size, maxLength: size }), {
    minLength: size,
    maxLength: size
  })
)

/** A A' + I, which is positive definite. */
function definiteFrom(A: Matrix): number[][] {
  return multiply(A, transpose(A)).map((row, i) => row.map((value, j) => value + (i === j ? 1 : 0)))
}

const isNear = (a: Matrix, b: Matrix, accuracy: number) =>
  a.every((row, i) =>
    row.every((value, j) => Math.abs(value - (b[i]?.[j] ?? Number.NaN)) < accuracy)
  )

t.test('Cholesky, eigenvalues and symmetry', (t) => {
  fc.assert(
    fc.property(square, (A) => {
      const S = definiteFrom(A)
      const L = cholesky(S)
      const x = solveCholesky(
        S,
        S.map((row) => row.reduce((sum, value) => sum + value, 0))
      )
      const values = symmetricEigenvalues(S)
      const trace = S.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)
      const total = values.reduce((sum, value) => sum + value, 0)
      return (
        isSymmetric(S) &&
        L !== undefined &&
        isNear(multiply(L, transpose(L)), S, 1e-10) &&
        x?.every((value) => Math.abs(value - 1) < 1e-9) === true &&
        Math.abs(total / trace - 1) < 1e-12 &&
        values.every((value) => value > 0.999)
      )
    })
  )
  t.end()
})

t.test('what is not positive definite is said', (t) => {
  t.equal(
    cholesky([
      [1, 2],
      [2, 1]
    ]),
    undefined
  )
  t.equal(
    cholesky([
      [1, 1],
      [1, 1]
    ]),
    undefined
  )
  t.equal(solveCholesky([[0]], [1]), undefined)
  t.notOk(
    isSymmetric([
      [1, 2],
      [2.1, 1]
    ])
  )
  t.notOk(isSymmetric([[1, 2]]))
  t.same(
    symmetricEigenvalues([
      [0, 1],
      [1, 0]
    ]).map(Math.round),
    [-1, 1]
  )
  t.same(
    symmetricEigenvalues([
      [2, 1],
      [1, 2]
    ]).map((value) => Number(value.toFixed(12))),
    [1, 3]
  )
  t.end()
})

// Whole numbers: beside 1e-80, a column can be all but collinear and the solution without meaning.
const whole = fc.integer({ min: -100, max: 100 })

t.test('least squares: residuals are orthogonal to every column', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(whole, whole, whole), { minLength: 6, maxLength: 40 }),
      (rows) => {
        const X = rows.map(([a, b]) => [1, a, b])
        const { residuals, collinear } = solveLeastSquares(
          X,
          rows.map(([, , y]) => y)
        )
        if (collinear.length > 0) return true
        return transpose(X).every((column) => {
          const product = column.reduce((sum, value, i) => sum + value * (residuals[i] ?? 0), 0)
          return Math.abs(product) < 1e-8
        })
      }
    )
  )
  t.end()
})
