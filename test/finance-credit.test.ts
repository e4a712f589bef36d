import fc from 'fast-check'
import t from 'tap'
import { type HazardCurve, parSpread, valueCdsLegs } from '../tools/finance/credit/cds-legs.ts'
import { decayMoment, meanDecay } from '../tools/finance/numeric/decay.ts'
import { answerOf, endingOf, isClose, numberOf } from './helpers/finance-call.ts'

const rate = fc.double({ min: -0.05, max: 0.2, noNaN: true })
const recoveryRate = fc.double({ min: 0, max: 0.9, noNaN: true })
const hazard = fc.double({ min: 1e-5, max: 0.3, noNaN: true })

t.test('means of a decay', (t) => {
  t.same([meanDecay(0), decayMoment(0)], [1, 0.5])
  // 60 digits (python3, decimal): (1 - (1 + x) e^-x) / x^2.
  t.ok(isClose(decayMoment(1), 0.26424111765711533, 1e-15))
  t.ok(isClose(decayMoment(0.25), 0.42398433857190265, 1e-15))
  for (const x of [-0.5, 0.5]) {
    const beyond = x * (1 + Number.EPSILON)
    t.ok(isClose(decayMoment(x), decayMoment(beyond), 4e-15), 'series and closed form meet')
  }
  t.end()
})

/** What is paid at default, by the midpoint rule. */
function integrateLegs(curve: HazardCurve, rate: number, maturity: number, steps: number) {
  const legs = { default: 0, accrual: 0 }
  const width = maturity / steps
  let survival = 1
  for (let i = 0; i < steps; i += 1) {
    const time = (i + 0.5) * width
    const hazardRate = (curve.find(({ untilYears }) => untilYears > time) ?? curve.at(-1))
      ?.hazardRate
    const after = survival * Math.exp(-(hazardRate ?? 0) * width)
    const discount = Math.exp(-rate * time)
    legs.default += discount * (survival - after)
    legs.accrual += discount * (survival - after) * (time % 0.25)
    survival = after
  }
  return legs
}

t.test('the legs of a swap are their integrals, tenors and quarters anywhere', async () => {
  fc.assert(
    fc.property(
      fc.tuple(hazard, hazard),
      fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 101, max: 300 })),
      rate,
      ([early, late], [middle, end], rate) => {
        const maturity = end / 40
        const curve = [
          { untilYears: middle / 40, hazardRate: early },
          { untilYears: maturity, hazardRate: late }
        ]
        const legs = valueCdsLegs(curve, rate, maturity)
        const sums = integrateLegs(curve, rate, maturity, end * 100)
        return (
          Math.abs(legs.default / sums.default - 1) < 1e-5 &&
          Math.abs(legs.accrual / sums.accrual - 1) < 1e-4
        )
      }
    ),
    { numRuns: 30 }
  )
})

t.test('a swap at its fair spread is worth nothing', () =>
  fc.assert(
    fc.asyncProperty(
      hazard,
      rate,
      recoveryRate,
      fc.double({ min: 0.1, max: 30, noNaN: true }),
      async (hazardRate, riskFreeRate, recoveryRate, maturity) => {
        const terms = { hazardRate, riskFreeRate, recoveryRate, maturity, notional: 1000 }
        const spread = await numberOf('price_cds', { ...terms, spread: 0 }, 'fairSpread')
        const answer = await answerOf('price_cds', { ...terms, spread })
        const triangle = Number(answer.triangleSpread)
        return (
          Math.abs(Number(answer.presentValue)) <= 1e-12 * Number(answer.protectionLeg) &&
          // A premium in arrears makes the fair spread the larger, at most by a quarter of decay.
          (riskFreeRate < 0 || (spread >= triangle * (1 - 1e-12) && spread < triangle * 1.15))
        )
      }
    )
  )
)

t.test('the bootstrap finds the intensities behind the spreads, and reprices them', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.double({ min: 1e-3, max: 0.15, noNaN: true }), { minLength: 8, maxLength: 8 }),
      rate,
      recoveryRate,
      async (twelfths, hazards, riskFreeRate, recoveryRate) => {
        const tenors = twelfths.map((count) => count / 12)
        const ascending = tenors.toSorted((a, b) => a - b)
        const curve = ascending.map((untilYears, i) => ({
          untilYears,
          hazardRate: hazards[i] ?? 0
        }))
        const cdsSpreads = tenors.map(
          (tenor) => parSpread(valueCdsLegs(curve, riskFreeRate, tenor), recoveryRate) * 10_000
        )
        const args = { cdsSpreads, tenors, recoveryRate, riskFreeRate }
        const answer = await answerOf('bootstrap_credit_curve', args)
        const rows = answer.curve as readonly Readonly<Record<string, number>>[]
        return (
          Number(answer.largestError) < 1e-8 &&
          rows.every(
            ({ tenor, hazardRate }, i) =>
              tenor === ascending[i] && isClose(hazardRate ?? 0, hazards[i] ?? 0, 1e-9)
          )
        )
      }
    )
  )
)

t.test('Merton: the parts of the firm add up', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        assetValue: fc.double({ min: 50, max: 500, noNaN: true }),
        assetVolatility: fc.double({ min: 0.05, max: 1.5, noNaN: true }),
        debtFaceValue: fc.constant(100),
        riskFreeRate: rate,
        maturity: fc.double({ min: 0.1, max: 20, noNaN: true })
      }),
      async (firm) => {
        const answer = await answerOf('merton_default_model', firm)
        const get = (name: string) => Number(answer[name])
        const { debtFaceValue, riskFreeRate, maturity, assetValue } = firm
        const riskFree = debtFaceValue * Math.exp(-riskFreeRate * maturity)
        const yielded = Math.exp(-(riskFreeRate + get('creditSpread')) * maturity) * debtFaceValue
        const loss = get('defaultProbability') * (1 - Number(answer.recoveryRate ?? 1))
        return (
          isClose(get('equityValue') + get('debtValue'), assetValue, 1e-12) &&
          isClose(get('debtValue'), yielded, 1e-12) &&
          isClose(get('debtValue'), riskFree * (1 - loss), 1e-12) &&
          isClose(get('leverage'), riskFree / assetValue, 1e-14) &&
          get('creditSpread') >= 0
        )
      }
    )
  )
)

t.test('spreads and losses agree with each other', async (t) => {
  for (const zScore of [-5, 1, 1.5, 2, 3, 10, 400]) {
    const spread = await answerOf('analyze_credit_spread', { zScore, maturityYears: 1 })
    const loss = await answerOf('calculate_expected_loss', { zScore, exposure: 1 })
    const expected = -Math.log1p(-Number(loss.expectedLoss))
    t.ok(isClose(Number(spread.creditSpread), expected, 1e-14), `Z ${zScore}`)
  }
  const zones = [3, 2.99, 1.81, 1.8].map((zScore) =>
    answerOf('analyze_credit_spread', { zScore, maturityYears: 1 })
  )
  t.same(
    (await Promise.all(zones)).map(({ zone }) => zone),
    ['safe', 'grey', 'grey', 'distress']
  )
  const claim = { defaultProbability: 0.1, exposure: 100 }
  for (const seniority of ['seniorSecured', 'seniorUnsecured', 'subordinated', 'junior']) {
    const loss = await numberOf('calculate_expected_loss', { ...claim, seniority }, 'expectedLoss')
    const same = await numberOf(
      'calculate_recovery_metrics',
      { ...claim, seniority },
      'expectedLoss'
    )
    t.equal(loss, same, seniority)
  }
})

t.test('questions without an answer say why', async (t) => {
  const claim = { defaultProbability: 0.02, exposure: 100 }
  const cases: [string, object, RegExp][] = [
    ['calculate_expected_loss', { exposure: 1 }, /^defaultProbability: give/],
    ['calculate_expected_loss', { ...claim, zScore: 2 }, /^zScore: stands for/],
    [
      'calculate_recovery_metrics',
      { ...claim, recoveryRate: 0.4, seniority: 'junior' },
      /^seniority: /
    ],
    ['calculate_recovery_metrics', { ...claim, marketSpread: 0.01 }, /^maturity: is needed/],
    ['calculate_recovery_metrics', { ...claim, maturity: 5 }, /^maturity: is needed/],
    [
      'calculate_recovery_metrics',
      { ...claim, marketSpread: 0.1, maturity: 5 },
      /^marketSpread: no /
    ],
    [
      'calculate_recovery_metrics',
      { ...claim, defaultProbability: 1, marketSpread: 0.1, maturity: 5 },
      /^defaultProbability: /
    ],
    [
      'bootstrap_credit_curve',
      { cdsSpreads: [500, 100], tenors: [1, 3] },
      /100 basis points for 3 years needs an intensity below 0 after year 1/
    ],
    [
      'bootstrap_credit_curve',
      { cdsSpreads: [100, 50_000], tenors: [1, 2] },
      /^cdsSpreads: 50000 .* too high/
    ],
    ['bootstrap_credit_curve', { cdsSpreads: [100, 110], tenors: [2, 2] }, /^tenors: two/],
    ['bootstrap_credit_curve', { cdsSpreads: [100], tenors: [1, 2] }, /^tenors: 2 for 1/]
  ]
  for (const [tool, args, message] of cases) {
    const ending = await endingOf(tool, args)
    t.match(ending.kind === 'error' ? ending.message : ending.kind, message, tool)
  }
})
