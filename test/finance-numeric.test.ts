import fc from 'fast-check'
import t from 'tap'
import { betaTails, logBeta, regularizedBeta } from '../tools/finance/numeric/beta.ts'
import { chiSquareSurvival } from '../tools/finance/numeric/chi-square.ts'
import { fSurvival } from '../tools/finance/numeric/f-distribution.ts'
import {
  gamma,
  logGamma,
  regularizedGammaP,
  regularizedGammaQ
} from '../tools/finance/numeric/gamma.ts'
import {
  erf,
  erfc,
  normalCdf,
  normalPdf,
  normalQuantile,
  normalSurvival
} from '../tools/finance/numeric/normal.ts'
import { binomialDensity } from '../tools/finance/numeric/saddle-point.ts'
import { studentCdf, studentQuantile, studentSurvival } from '../tools/finance/numeric/student.ts'

// Computed with 60 digits (110 for Student's t) in python3 by other formulas than ours: ln gamma by
// Stirling's series from 60 upwards, erfc by its power series, chi-square and Student's t by their finite
// sums for whole degrees of freedom, F and the beta function as exact binomial sums of fractions.
const golden: Readonly<Record<string, readonly string[]>> = {
  logGamma: [
    '0.5 -> 0.5723649429247001',
    '1.0000001 -> -5.772155829918507e-8',
    '1.25 -> -0.09827183642181316',
    '1.999999 -> -4.227840125965854e-7',
    '2.000001 -> 4.2278465762452923e-7',
    '2.5 -> 0.2846828704729192',
    '3.7 -> 1.428072326665388',
    '9.75 -> 12.242204940050762',
    '10.5 -> 13.940625219403763',
    '100.25 -> 360.28455963776423',
    '1e6 -> 12815504.569147611',
    '1e-10 -> 23.025850929882736',
    '0.1 -> 2.252712651734206',
    '-0.5 -> 1.2655121234846454',
    '-1.5 -> 0.860047015376481',
    '-2.25 -> 0.5555015450206475',
    '-10.75 -> -15.403074503504817',
    '-100.5 -> -364.90096830942736'
  ],
  normalSurvival: [
    '1 -> 0.15865525393145705',
    '2 -> 0.02275013194817921',
    '5 -> 2.866515718791939e-7',
    '10 -> 7.619853024160525e-24',
    '20 -> 2.7536241186062337e-89',
    '38 -> 2.88542835e-316'
  ],
  erfc: [
    '0.1 -> 0.887537083981715',
    '0.46875 -> 0.507386526782062',
    '0.5 -> 0.4795001221869535',
    '1 -> 0.15729920705028513',
    '3.9 -> 3.4792248597231765e-8',
    '4.1 -> 6.700027654084918e-9',
    '10 -> 2.088487583762545e-45',
    '26 -> 5.663192408856143e-296'
  ],
  chiSquareSurvival: [
    '1 250 -> 2.5968070393401858e-56',
    '2 230.2585092994046 -> 9.999999999999803e-51',
    '5 260 -> 3.926427316881266e-54',
    '10 0.5 -> 0.999993388289439',
    '10 300 -> 1.5546747543803181e-58',
    '99 60 -> 0.9993199970498485',
    '100 500 -> 1.7201210053695373e-54',
    '1000 900 -> 0.9892827619087102'
  ],
  fSurvival: [
    '50 4 20 -> 3.8904822842434567e-10',
    '1.5 6 10 -> 0.27196295552644156',
    '0.01 4 8 -> 0.9997549350684933',
    '1000000.0 10 20 -> 1.0249960452100054e-54',
    '400 20 60 -> 2.8339299974072647e-56',
    '1 200 300 -> 0.49656438970145994'
  ],
  regularizedBeta: [
    '0.3 3 4 -> 0.25569',
    '0.42 3 4 -> 0.49709491776',
    '0.44 3 4 -> 0.53817206784',
    '0.01 2 50 -> 0.09249089929369503',
    '0.99 50 2 -> 0.9075091007063049',
    '0.5 500 500 -> 0.5',
    '0.52 500 500 -> 0.8970824726930043',
    '0.1 200 20 -> 1.4772500528945558e-174'
  ],
  studentSurvival: [
    '1e-05 4 -> 0.4999962500000001',
    '0.5 3 -> 0.3257239824240755',
    '2 1 -> 0.14758361765043326',
    '2.5 10 -> 0.015723422118304402',
    '12 30 -> 2.790092707599628e-13',
    '30 30 -> 3.125895815304444e-24',
    '50 40 -> 5.558697791845232e-38',
    '10000000000.0 1 -> 3.1830988618379065e-11',
    '1000000000000.0 4 -> 3e-48',
    '40 100 -> 1.2310538010700354e-63',
    '3 1000 -> 0.0013833545221190963'
  ]
}

const functions: Readonly<Record<string, (...args: number[]) => number>> = {
  logGamma: (x = 0) => logGamma(x),
  normalSurvival: (z = 0) => normalSurvival(z),
  erfc: (x = 0) => erfc(x),
  chiSquareSurvival: (df = 0, x = 0) => chiSquareSurvival(x, df),
  fSurvival: (f = 0, df1 = 0, df2 = 0) => fSurvival(f, df1, df2),
  regularizedBeta: (x = 0, a = 0, b = 0) => regularizedBeta(x, a, b),
  studentSurvival: (value = 0, df = 0) => studentSurvival(value, df)
}

for (const [name, lines] of Object.entries(golden)) {
  t.test(`${name}: golden values to 12 digits, far tails too`, (t) => {
    for (const line of lines) {
      const [args = '', wanted = ''] = line.split(' -> ')
      const actual = functions[name]?.(...args.split(' ').map(Number)) ?? Number.NaN
      const error = Math.abs(actual / Number(wanted) - 1)
      t.ok(error < 1e-12, `${name}(${args}) = ${actual}, ${wanted}`)
    }
    t.end()
  })
}

t.test('the far tail of z', (t) => {
  t.equal((2 * normalSurvival(10)).toPrecision(6), '1.52397e-23')
  t.equal(normalCdf(-10), normalSurvival(10))
  t.equal(normalSurvival(0), 0.5)
  t.equal(normalSurvival(40), 0)
  t.ok(Math.abs(normalPdf(1) / 0.24197072451914337 - 1) < 1e-15)
  t.equal(erf(0), 0)
  t.ok(Math.abs(erf(1) - 0.8427007929497149) < 1e-15)
  t.end()
})

t.test('what is not a number stays so, and ends at once', (t) => {
  const bad = Number.NaN
  const results = [
    logGamma(bad),
    gamma(bad),
    gamma(Number.NEGATIVE_INFINITY),
    regularizedGammaP(bad, 1),
    regularizedGammaQ(2, bad),
    regularizedBeta(0.5, bad, 2),
    regularizedBeta(bad, 2, 2),
    normalCdf(bad),
    normalQuantile(bad),
    studentSurvival(2, bad),
    studentQuantile(0.1, bad),
    studentQuantile(bad, 3),
    fSurvival(2, bad, 3),
    chiSquareSurvival(bad, 3)
  ]
  t.same(
    results.map((value) => String(value)),
    results.map(() => 'NaN')
  )
  t.end()
})

t.test('tabulated quantiles', (t) => {
  // Wichura (1988); Student's t by bisection of its finite sums with 50 digits (python3, decimal).
  t.ok(Math.abs(normalQuantile(0.975) / 1.959963984540054 - 1) < 1e-15)
  t.ok(Math.abs(studentQuantile(0.975, 1) / 12.706204736174705 - 1) < 1e-14)
  t.ok(Math.abs(studentQuantile(0.975, 2) / 4.302652729749464 - 1) < 1e-14)
  t.ok(Math.abs(studentQuantile(0.975, 10) / 2.228138851986275 - 1) < 1e-14)
  t.ok(Math.abs(studentQuantile(0.005, 29) / -2.7563859036706058 - 1) < 1e-14)
  t.ok(Math.abs(studentQuantile(0.9, 5) / 1.475884048824481 - 1) < 1e-14)
  t.equal(normalQuantile(0), Number.NEGATIVE_INFINITY)
  t.equal(normalQuantile(1), Number.POSITIVE_INFINITY)
  t.equal(studentQuantile(0.5, 7), 0)
  t.equal(studentQuantile(1, 7), Number.POSITIVE_INFINITY)
  t.end()
})

t.test('gamma: factorials, halves, poles', (t) => {
  let factorial = 1
  for (let n = 1; n < 170; n += 1) {
    factorial *= n
    t.ok(Math.abs(gamma(n + 1) / factorial - 1) < 2e-14, `gamma(${n + 1})`)
  }
  t.ok(Math.abs(gamma(0.5) ** 2 / Math.PI - 1) < 1e-15)
  t.equal(gamma(172), Number.POSITIVE_INFINITY)
  t.ok(Number.isNaN(gamma(-3)))
  t.equal(logGamma(-3), Number.POSITIVE_INFINITY)
  t.equal(logGamma(1), 0)
  t.equal(logGamma(2), 0)
  t.ok(Math.abs(logBeta(0.5, 0.5) - Math.log(Math.PI)) < 1e-15)
  // B(20, 30) = 19! 29! / 49!
  t.ok(Math.abs(logBeta(20, 30) - Math.log(1.7681885473062026e-15)) < 1e-13)
  t.end()
})

const unit = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
const shape = fc.double({ min: 0.5, max: 500, noNaN: true })

t.test('quantiles undo distributions', (t) => {
  fc.assert(
    fc.property(fc.double({ min: -300, max: -0.001, noNaN: true }), (exponent) => {
      const p = 10 ** exponent
      return Math.abs(normalCdf(normalQuantile(p)) / p - 1) < 1e-11
    })
  )
  fc.assert(
    fc.property(
      fc.double({ min: -100, max: -0.001, noNaN: true }),
      fc.double({ min: 0.8, max: 1e8, noNaN: true }),
      (exponent, df) => {
        const p = 10 ** exponent
        return Math.abs(studentCdf(studentQuantile(p, df), df) / p - 1) < 1e-8
      }
    )
  )
  t.end()
})

t.test('tails are complements and fall', (t) => {
  fc.assert(
    fc.property(unit, shape, shape, (x, a, b) => {
      const { lower, upper } = betaTails(x, 1 - x, a, b)
      const mirrored = betaTails(1 - x, x, b, a)
      const next = regularizedBeta(Math.min(1, x * 1.001), a, b)
      return (
        Math.abs(lower + upper - 1) < 1e-14 &&
        lower === mirrored.upper &&
        next >= lower * (1 - 1e-12)
      )
    })
  )
  fc.assert(
    fc.property(shape, fc.double({ min: 0, max: 2000, noNaN: true }), (a, x) => {
      const p = regularizedGammaP(a, x)
      const q = regularizedGammaQ(a, x)
      return (
        p >= 0 &&
        q >= 0 &&
        Math.abs(p + q - 1) < 1e-14 &&
        regularizedGammaQ(a, x * 1.01) <= q * (1 + 1e-12)
      )
    })
  )
  t.end()
})

t.test('both sides of the switch of the beta function agree', (t) => {
  fc.assert(
    fc.property(shape, shape, (a, b) => {
      // I_x(a, b) = I_x(a + 1, b) + x^a (1 - x)^b / (a B(a, b)), DLMF 8.17.20: the two switch elsewhere.
      const x = (a + 1) / (a + b + 2)
      return [x * (1 - 1e-9), x, x * (1 + 1e-9)].every((at) => {
        const step = binomialDensity(a, a + b, at, 1 - at) * (b / (a + b))
        const difference = regularizedBeta(at, a, b) - regularizedBeta(at, a + 1, b)
        return Math.abs(difference - step) < 1e-12
      })
    })
  )
  t.end()
})
