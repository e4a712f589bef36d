import type { Golden } from './golden.ts'

const excelFlows = [-70000, 12000, 15000, 18000, 21000, 26000]
const datedFlows = [
  { date: '2008-01-01', amount: -10000 },
  { date: '2008-03-01', amount: 2750 },
  { date: '2008-10-30', amount: 4250 },
  { date: '2009-02-15', amount: 3250 },
  { date: '2009-04-01', amount: 2750 }
]

export const timeValueGolden: readonly Golden[] = [
  {
    tool: 'calculate_present_value',
    args: { futureValue: 1000, rate: 0.25, periods: 3 },
    expected: { presentValue: 512, discount: 488 },
    source: 'exact arithmetic: 1000 / (5/4)^3 = 1000 * 64/125'
  },
  {
    tool: 'calculate_future_value',
    args: { presentValue: 512, rate: 0.25, periods: 3 },
    expected: { futureValue: 1000, interest: 488 },
    source: 'exact arithmetic: 512 * (5/4)^3 = 512 * 125/64'
  },
  {
    tool: 'calculate_payment',
    args: { presentValue: 10000, rate: 0.08 / 12, periods: 10 },
    expected: { payment: 1037.03 },
    source: 'Excel documentation, PMT, example 1',
    accuracy: 5e-6
  },
  {
    tool: 'calculate_annuity_pv',
    args: { payment: 500, rate: 0.08 / 12, periods: 240 },
    expected: { presentValue: 59777.15 },
    source: 'Excel documentation, PV, example',
    accuracy: 1e-7
  },
  {
    tool: 'calculate_annuity_fv',
    args: { payment: 2000, rate: 0.11 / 12, periods: 35, type: 'due' },
    expected: { futureValue: 82846.25 },
    source: 'Excel documentation, FV, example 3',
    accuracy: 1e-7
  },
  {
    tool: 'calculate_npv',
    args: { rate: 0.1, cashFlows: [-10000, 3000, 4200, 6800] },
    expected: { excelNpv: 1188.44 },
    source: 'Excel documentation, NPV, example 1',
    accuracy: 5e-6
  },
  {
    tool: 'calculate_irr',
    args: { cashFlows: excelFlows },
    expected: { irr: 0.087 },
    source: 'Excel documentation, IRR, five years: 8.7 %',
    accuracy: 5e-3
  },
  {
    tool: 'calculate_xnpv',
    args: { rate: 0.09, cashFlows: datedFlows },
    expected: { xnpv: 2086.6476 },
    source: 'Excel documentation, XNPV, example',
    accuracy: 1e-7
  },
  {
    tool: 'calculate_xirr',
    args: { cashFlows: datedFlows },
    expected: { xirr: 0.373362535 },
    source: 'Excel documentation, XIRR, example',
    accuracy: 5e-9
  },
  {
    tool: 'create_amortization_schedule',
    args: { principal: 200000, annualRate: 0.06, years: 30, frequency: 'monthly' },
    expected: { payment: 1199.1 },
    source: 'cent arithmetic: 200000 * 0.005 / (1 - 1.005^-360) = 1199.1011, rounded to cents'
  }
]
