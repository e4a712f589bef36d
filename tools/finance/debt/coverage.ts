import { above0, anyAmount, createRatio } from '../ratios/ratio.ts'

/** Cover of debt service. */
export const calculateDscr = createRatio({
  name: 'calculate_dscr',
  title: 'Debt service coverage ratio',
  description:
    'Net operating income / debt service: whether income pays interest and principal; lenders often ask for 1.2 to 1.25. Interest alone: calculate_interest_coverage. Against a covenant: check_debt_covenant.',
  toolset: 'finance.debt',
  inputs: {
    netOperatingIncome: anyAmount('Income before interest and principal, of one year'),
    totalDebtService: above0('Interest and principal due in the same year')
  },
  outputs: {
    dscr: [
      'netOperatingIncome / totalDebtService',
      ({ netOperatingIncome, totalDebtService }) => netOperatingIncome / totalDebtService
    ],
    cashAfterDebtService: [
      'netOperatingIncome - totalDebtService; negative is a gap',
      ({ netOperatingIncome, totalDebtService }) => netOperatingIncome - totalDebtService
    ],
    breakEvenDecline: [
      'Fraction by which income may fall until it just covers the service, 1 - 1/dscr; absent when it does not',
      ({ netOperatingIncome, totalDebtService }) =>
        netOperatingIncome < totalDebtService
          ? undefined
          : (netOperatingIncome - totalDebtService) / netOperatingIncome,
      'optional'
    ]
  },
  unit: 'times',
  reading: (times) => `Income is ${times} times the debt service.`
})
