import { annuityFv, compound, levelPayment } from '../../tvm/annuity.ts'

/** A parameter of a formula: what it may be, and what it is when left out. */
interface Parameter {
  readonly name: string
  readonly default?: number
  accepts(value: number): boolean
  readonly rule: string
}

/** A formula that a data table can be made of. */
export interface TableFormula {
  readonly name: string
  readonly parameters: readonly Parameter[]
  compute(value: (name: string) => number): number
}

const anything = { accepts: () => true, rule: 'must be a number' }
const rate = { accepts: (value: number) => value > -1, rule: 'must be above -1 (0.05 is 5 %)' }
const positive = {
  accepts: (value: number) => value > 0 && value <= 1e6,
  rule: 'must be above 0 and at most 1000000'
}

/** Every formula of `data_table`; rates are per period unless called annual. */
export const tableFormulas: readonly TableFormula[] = [
  {
    name: 'loan_payment',
    parameters: [
      { name: 'principal', ...anything },
      { name: 'rate', ...rate },
      { name: 'periods', ...positive }
    ],
    compute: (value) =>
      levelPayment({
        presentValue: value('principal'),
        rate: value('rate'),
        periods: value('periods'),
        futureValue: 0,
        type: 'ordinary'
      })
  },
  {
    name: 'future_value',
    parameters: [
      { name: 'present_value', ...anything },
      { name: 'rate', ...rate },
      { name: 'periods', ...positive },
      { name: 'payment', default: 0, ...anything }
    ],
    compute: (value) => {
      const [perPeriod, periods] = [value('rate'), value('periods')]
      const grown = compound(value('present_value'), perPeriod, periods)
      return grown + annuityFv(value('payment'), perPeriod, periods)
    }
  },
  {
    name: 'compound_growth',
    parameters: [
      { name: 'principal', ...anything },
      { name: 'annual_rate', ...rate },
      { name: 'years', ...positive },
      { name: 'compounds_per_year', default: 1, ...positive }
    ],
    compute: (value) => {
      const perYear = value('compounds_per_year')
      return compound(value('principal'), value('annual_rate') / perYear, value('years') * perYear)
    }
  }
]
