import t from 'tap'
import { answerOf, errorOf } from './helpers/finance-call.ts'

const offers = {
  amount: 1000,
  option1Rate: 0.1,
  option1Years: 1,
  option1Name: 'A',
  option2Rate: 0.05,
  option2Years: 2,
  option2Name: 'B'
}

t.test('offers: a third one comes whole, and names differ', async (t) => {
  const name = 'compare_financing_options'
  t.match(await errorOf(name, { ...offers, option3Rate: 0.1 }), /^option3Rate: .*together/)
  t.match(await errorOf(name, { ...offers, option2Name: 'A' }), /^option2Name: "A" is taken/)
  t.match(await errorOf(name, { ...offers, option2Years: 1.3 }), /^option2Years: .*whole/)
  t.match(await answerOf(name, offers), { lowestPayment: 'B', note: /^The terms differ/ })
  t.notOk((await answerOf(name, { ...offers, option2Years: 1 })).note)
})

t.test('covenants: the threshold itself, and sides that are unusual', async (t) => {
  const check = { covenantThreshold: 2, comparisonType: 'greater_than' }
  const answer = (args: object) => answerOf('check_debt_covenant', { ...check, ...args })
  t.match(await answer({ covenantType: 'coverage', actualValue: 2 }), {
    compliant: true,
    onThreshold: true
  })
  t.match(await answer({ covenantType: 'leverage', actualValue: 2 }), { note: /usually/ })
  t.match(await answer({ covenantType: 'leverage', actualValue: -2 }), { note: /negative EBITDA/ })
  const zero = await answer({
    covenantType: 'tangible_net_worth',
    actualValue: 5,
    covenantThreshold: 0
  })
  t.notOk('headroomPercent' in zero)
})

t.test('the zones of the Z-score', async (t) => {
  const firm = {
    workingCapital: 0,
    retainedEarnings: 0,
    ebit: 0,
    marketValueEquity: 0,
    totalLiabilities: 100,
    totalAssets: 100
  }
  const zoneAt = async (sales: number) =>
    (await answerOf('calculate_altman_z_score', { ...firm, sales })).zone
  t.same(await Promise.all([180.9, 181, 299, 299.1].map(zoneAt)), [
    'distress',
    'grey',
    'grey',
    'safe'
  ])
})
