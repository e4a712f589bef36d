import type { Golden } from './golden.ts'

const decimal = 'python3 decimal, 50 digits, payment by payment'
const exact = 'exact arithmetic, python3 fractions, payment by payment'
const twoYears = { totalPeriods: 360, loanAmount: 125000, interestRate: 0.09 / 12 }

const loanParts: readonly Golden[] = [
  {
    tool: 'calculate_interest_payment',
    args: { interestRate: 0.1 / 12, period: 1, totalPeriods: 36, loanAmount: 8000 },
    expected: { interestPayment: 66.67 },
    source: 'Excel documentation, IPMT, example 1: ($66.67)',
    accuracy: 1e-4
  },
  {
    tool: 'calculate_interest_payment',
    args: { interestRate: 0.1, period: 3, totalPeriods: 3, loanAmount: 8000 },
    expected: { interestPayment: 292.45 },
    source: 'Excel documentation, IPMT, example 2: ($292.45)',
    accuracy: 2e-5
  },
  {
    tool: 'calculate_interest_payment',
    args: { interestRate: 0.1, period: 3, totalPeriods: 3, loanAmount: 8000 },
    expected: {
      interestPayment: 292.4471299093656,
      principalPayment: 2924.4712990936555,
      balanceBefore: 2924.4712990936555,
      balanceAfter: 0
    },
    source: exact
  },
  {
    tool: 'calculate_principal_payment',
    args: { interestRate: 0.1 / 12, period: 1, totalPeriods: 24, loanAmount: 2000 },
    expected: { principalPayment: 75.62 },
    source: 'Excel documentation, PPMT, example 1: ($75.62)',
    accuracy: 1e-4
  },
  {
    tool: 'calculate_principal_payment',
    args: { interestRate: 0.08, period: 10, totalPeriods: 10, loanAmount: 200000 },
    expected: { principalPayment: 27598.05 },
    source: 'Excel documentation, PPMT, example 2: ($27,598.05)',
    accuracy: 2e-7
  },
  {
    tool: 'calculate_principal_payment',
    args: {
      interestRate: 0.25,
      period: 2,
      totalPeriods: 2,
      loanAmount: 1000,
      balloonPayment: 360
    },
    expected: {
      payment: 4810 / 9,
      principalPayment: 3200 / 9,
      interestPayment: 1610 / 9,
      balanceBefore: 6440 / 9,
      balanceAfter: 360
    },
    source: exact
  },
  {
    tool: 'calculate_principal_payment',
    args: {
      interestRate: 0.25,
      period: 3,
      totalPeriods: 3,
      loanAmount: 1000,
      balloonPayment: 125,
      paymentTiming: 'due'
    },
    expected: {
      payment: 383.60655737704917,
      principalPayment: 286.88524590163934,
      interestPayment: 96.72131147540983,
      balanceBefore: 386.88524590163934,
      balanceAfter: 100
    },
    source: exact
  },
  {
    tool: 'calculate_cumulative_interest',
    args: { ...twoYears, startPeriod: 13, endPeriod: 24 },
    expected: { cumulativeInterest: 11135.23213 },
    source: 'Excel documentation, CUMIPMT, second year: -11135.23213',
    accuracy: 1e-9
  },
  {
    tool: 'calculate_cumulative_interest',
    args: { ...twoYears, startPeriod: 1, endPeriod: 1 },
    expected: { cumulativeInterest: 937.5 },
    source: 'Excel documentation, CUMIPMT, first month: -937.50'
  },
  {
    tool: 'calculate_cumulative_principal',
    args: { ...twoYears, startPeriod: 13, endPeriod: 24 },
    expected: { cumulativePrincipal: 934.1071 },
    source: 'Excel documentation, CUMPRINC, second year: -934.1071',
    accuracy: 1e-7
  },
  {
    tool: 'calculate_cumulative_principal',
    args: { ...twoYears, startPeriod: 13, endPeriod: 24 },
    expected: {
      cumulativePrincipal: 934.1071234208983,
      cumulativeInterest: 11135.232130750843,
      balanceBefore: 124146.00362695658,
      balanceAfter: 123211.89650353568
    },
    source: decimal
  },
  {
    tool: 'calculate_cumulative_principal',
    args: { ...twoYears, startPeriod: 1, endPeriod: 1 },
    expected: { cumulativePrincipal: 68.27827118 },
    source: 'Excel documentation, CUMPRINC, first month: -68.27827118'
  },
  {
    tool: 'calculate_cumulative_interest',
    args: {
      interestRate: 0.25,
      startPeriod: 1,
      endPeriod: 3,
      totalPeriods: 3,
      loanAmount: 1000,
      balloonPayment: 125,
      paymentTiming: 'due'
    },
    expected: { cumulativeInterest: 250.81967213114754, cumulativePrincipal: 900 },
    source: exact
  }
]

const schedules: readonly Golden[] = [
  {
    tool: 'calculate_custom_payment_schedule',
    args: { principal: 1000000, annualRate: 0.05, term: 5, paymentType: 'bullet' },
    expected: {
      payment: 4166.67,
      finalPayment: 1004166.67,
      periods: 60,
      totalInterest: 250000.2,
      totalPrincipal: 1000000,
      unroundedPayment: 12500 / 3,
      'schedule[5].balance': 0
    },
    source: 'cent arithmetic: 1000000 * 0.05/12 = 4166.67, sixty times'
  },
  {
    tool: 'calculate_custom_payment_schedule',
    args: {
      principal: 1000,
      annualRate: 0.12,
      term: 1,
      paymentType: 'balloon',
      balloonPayment: 400
    },
    expected: {
      payment: 57.31,
      finalPayment: 457.32,
      totalInterest: 87.73,
      unroundedPayment: 57.30927320700503,
      accruedToMaturity: 1126.8250301319697,
      omittedRows: 6
    },
    source: 'python3 decimal, 40 digits, rounded to cents payment by payment'
  }
]

const others: readonly Golden[] = [
  {
    tool: 'calculate_dscr',
    args: { netOperatingIncome: 150000, totalDebtService: 120000 },
    expected: { dscr: 1.25, cashAfterDebtService: 30000, breakEvenDecline: 0.2 },
    source: 'exact: 15/12 = 5/4, 3/15 = 1/5'
  },
  {
    tool: 'calculate_altman_z_score',
    args: {
      workingCapital: 400,
      retainedEarnings: 300,
      ebit: 250,
      marketValueEquity: 1600,
      totalLiabilities: 800,
      totalAssets: 2000,
      sales: 2400
    },
    expected: {
      zScore: 3.2625,
      zone: 'safe',
      x1: 0.2,
      x2: 0.15,
      x3: 0.125,
      x4: 2,
      x5: 1.2,
      'privateFirm.score': 2.486425,
      'privateFirm.zone': 'grey',
      'nonManufacturer.score': 4.216,
      'nonManufacturer.zone': 'safe'
    },
    source:
      'Altman 1968, 1983, 1995 (weights as reprinted in Altman 2000, Predicting Financial Distress of Companies); exact arithmetic, python3 fractions'
  },
  {
    tool: 'compare_financing_options',
    args: {
      amount: 250000,
      option1Rate: 0.06,
      option1Years: 5,
      option1Name: 'Bank',
      option2Rate: 0.055,
      option2Years: 7,
      option2Name: 'Fund',
      option3Rate: 0.07,
      option3Years: 3
    },
    expected: {
      'options[0].monthlyPayment': 4833.200382356979,
      'options[0].totalInterest': 39992.02294141878,
      'options[0].effectiveAnnualRate': 0.06167781186449957,
      'options[1].monthlyPayment': 3592.510662848242,
      'options[2].totalInterest': 27893.871788347544,
      'options[2].name': 'Option 3',
      lowestPayment: 'Fund',
      lowestTotalInterest: 'Option 3',
      lowestRate: 'Fund'
    },
    source: 'python3 decimal, 50 digits: a (r/12) / (1 - (1 + r/12)^-n)'
  },
  {
    tool: 'analyze_lease_liability',
    args: {
      monthlyPayment: 10000,
      leaseTerm: 60,
      discountRate: 0.05,
      initialDirectCosts: 5000,
      prepayments: 10000,
      leaseIncentives: 2500
    },
    expected: {
      leaseLiability: 529907.0632392731,
      rightOfUseAsset: 542407.0632392731,
      totalPayments: 600000,
      firstMonthInterest: 2207.9460968303047,
      liabilityAtEffectiveRate: 531338.3810289945,
      presentValueInAdvance: 532115.0093361035
    },
    source: 'python3 decimal, 50 digits: 10000 (1 - v^60) / r; IFRS 16.24 for the asset'
  },
  {
    tool: 'check_debt_covenant',
    args: {
      covenantType: 'leverage',
      actualValue: 3,
      covenantThreshold: 4,
      comparisonType: 'less_than'
    },
    expected: { compliant: true, onThreshold: false, headroom: 1, headroomPercent: 0.25 },
    source: 'exact: 4 - 3, 1/4'
  },
  {
    tool: 'check_debt_covenant',
    args: {
      covenantType: 'coverage',
      actualValue: 1.75,
      covenantThreshold: 2,
      comparisonType: 'greater_than'
    },
    expected: { compliant: false, headroom: -0.25, headroomPercent: -0.125 },
    source: 'exact: 7/4 - 2, over 2'
  }
]

/** Loans, leases, covenants and credit scores. */
export const debtGolden: readonly Golden[] = [...loanParts, ...schedules, ...others]
