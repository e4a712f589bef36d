import t from 'tap'
import { filip, longley, wampler1, wampler2 } from './golden/strd.ts'
import { answerOf, errorOf, isClose } from './helpers/finance-call.ts'

type Row = Readonly<Record<string, number>>
const rowsOf = (value: unknown) => value as readonly Row[]

for (const { fit, digits } of [
  { fit: longley, digits: 12 },
  // 7.8 on Node 20, 7.4 on Node 24: their powers differ in the last bit.
  { fit: filip, digits: 7 },
  { fit: wampler1, digits: 9 },
  { fit: wampler2, digits: 12 }
]) {
  t.test(`multiple_linear_regression holds ${digits} digits of NIST ${fit.name}`, async (t) => {
    const args = { X: fit.predictors, y: fit.response }
    const answer = await answerOf('multiple_linear_regression', args)
    for (const [k, certified] of fit.coefficients.entries()) {
      const actual = rowsOf(answer.coefficients)[k]?.coefficient ?? Number.NaN
      t.ok(Math.abs(actual / certified - 1) < 10 ** -digits, `b${k} ${actual}`)
    }
    t.ok(isClose(Number(answer.rSquared), fit.rSquared, 1e-9))
    const deviation = Number(answer.residualStandardDeviation)
    t.ok(Math.abs(deviation - fit.residualStandardDeviation) < 1e-7, `residual ${deviation}`)
  })
}

t.test('exact collinearity is an error that names the columns', async (t) => {
  const X = Array.from({ length: 10 }, (_, i) => [i, (i * 7) % 5, 3 * i + 2])
  const y = X.map(([a = 0, b = 0]) => a + b * b)
  const predictorNames = ['price', 'rain', 'cost']
  const message = await errorOf('multiple_linear_regression', { X, y, predictorNames })
  t.match(message, /^X: price, cost depend on each other linearly/)
  const constant = X.map(([a = 0]) => [a, 5])
  t.match(await errorOf('multiple_linear_regression', { X: constant, y }), /^X: intercept, X2 /)
  const empty = X.map(([a = 0]) => [a, 0])
  t.match(await errorOf('multiple_linear_regression', { X: empty, y }), /^X: X2 is always 0/)
})

t.test('multiple regression on one predictor is the simple one; predictions agree', async (t) => {
  const x = [6, 5, 11, 7, 5, 4, 4]
  const y = [2, 3, 9, 1, 8, 7, 5]
  const simple = await answerOf('linear_regression', { x, y, predictFor: [10] })
  const args = { X: x.map((value) => [value]), y, predictFor: [[10]] }
  const multiple = await answerOf('multiple_linear_regression', args)
  const slope = rowsOf(multiple.coefficients)[1]
  t.ok(isClose(slope?.coefficient ?? 0, Number(simple.slope), 1e-14))
  t.ok(isClose(slope?.standardError ?? 0, Number(simple.slopeStandardError), 1e-14))
  t.ok(isClose(slope?.pValue ?? 0, Number(simple.slopePValue), 1e-13))
  t.ok(isClose(slope?.vif ?? 0, 1, 1e-14))
  t.ok(isClose(Number(multiple.fPValue), Number(simple.slopePValue), 1e-13), 'F is t squared')
  const [a, b] = [rowsOf(simple.predictions)[0], rowsOf(multiple.predictions)[0]]
  t.ok(isClose(a?.y ?? 0, b?.value ?? 1, 1e-13))
  t.ok(isClose(a?.upper ?? 0, b?.upper ?? 1, 1e-13))
  t.ok((b?.lower ?? 0) < (b?.meanLower ?? 0))
})

t.test('multiple regression keeps the digits of predictors far from 0', async (t) => {
  // Exact rational arithmetic: slope 67/33 on x = 0..9 wherever they begin, F = 8 R2 / (1 - R2) = 4489/4.
  for (const start of [0, 1e9, 1e13]) {
    const X = Array.from({ length: 10 }, (_, i) => [start + i])
    const y = X.map((_, i) => 2 * i + (i % 2))
    const args = { X, y, predictFor: [[start + 20]] }
    const answer = await answerOf('multiple_linear_regression', args)
    const slope = rowsOf(answer.coefficients)[1]
    t.ok(isClose(slope?.coefficient ?? 0, 67 / 33, 1e-14), `slope ${slope?.coefficient}`)
    t.ok(isClose(slope?.vif ?? 0, 1, 1e-14), `vif ${slope?.vif}`)
    t.ok(isClose(Number(answer.f), 4489 / 4, 1e-13), `F ${answer.f}`)
    t.ok(isClose(rowsOf(answer.predictions)[0]?.value ?? 0, 1352 / 33, 1e-14))
  }
})
