import type { Golden } from './golden.ts'

// "60 digits" is an independent computation with python3's decimal: prices by the plain sum of discounted
// payments, roots by bisection, lattices by forward induction, regressions by normal equations.
const sixtyDigits = '60 digits (python3, decimal)'

const callable = {
  couponRate: 0.07,
  yearsToMaturity: 10,
  callYears: 3,
  callPrice: 1040,
  riskFreeRate: 0.03
}

export const bondsGolden: readonly Golden[] = [
  {
    tool: 'price_bond',
    args: { couponRate: 0.06, yearsToMaturity: 5, yieldToMaturity: 0.05 },
    expected: {
      price: 1043.7603196548546,
      percentOfPar: 104.37603196548545,
      currentYield: 0.057484461585817416,
      effectiveAnnualYield: 0.050625,
      periods: 10
    },
    source: sixtyDigits
  },
  {
    tool: 'price_bond',
    args: { couponRate: 0.06, yearsToMaturity: 5, yieldToMaturity: -0.01 },
    expected: { price: 1359.8206724724953 },
    source: `${sixtyDigits}; a negative yield`
  },
  {
    tool: 'price_bond',
    args: {
      faceValue: 100,
      couponRate: 0.1,
      yearsToMaturity: 3,
      yieldToMaturity: 0.12367309309071925
    },
    expected: { price: 94.213 },
    source: 'Hull, Options, Futures and Other Derivatives, chapter 4: 12 % continuous',
    accuracy: 5e-6
  },
  {
    tool: 'calculate_bond_ytm',
    args: { couponRate: 0.06, yearsToMaturity: 5, marketPrice: 980 },
    expected: {
      yieldToMaturity: 0.06474618659225036,
      effectiveAnnualYield: 0.06579420376180999,
      currentYield: 60 / 980
    },
    source: sixtyDigits
  },
  {
    tool: 'calculate_bond_ytm',
    args: { couponRate: 0.06, yearsToMaturity: 5, marketPrice: 1500 },
    expected: { yieldToMaturity: -0.03153462590878205 },
    source: `${sixtyDigits}; a negative yield`
  },
  {
    tool: 'calculate_bond_ytm',
    args: {
      faceValue: 1331,
      couponRate: 0,
      yearsToMaturity: 3,
      marketPrice: 1000,
      paymentFrequency: 'annual'
    },
    expected: { yieldToMaturity: 0.1, effectiveAnnualYield: 0.1 },
    source: 'exact arithmetic: 1.1^3 = 1.331'
  },
  {
    tool: 'calculate_bond_duration',
    args: { faceValue: 100, couponRate: 0.08, yearsToMaturity: 29.5, yieldToMaturity: 0.09 },
    expected: { macaulayDuration: 10.9191453 },
    source: 'Excel documentation, DURATION, example: 1 July 2018 to 1 January 2048, 59 half-years',
    accuracy: 5e-9
  },
  {
    tool: 'calculate_bond_duration',
    args: { faceValue: 100, couponRate: 0.08, yearsToMaturity: 8, yieldToMaturity: 0.09 },
    expected: {
      macaulayDuration: 5.993774955545184,
      modifiedDuration: 5.735669813918836,
      convexity: 41.957602835835154,
      price: 94.38299247544676,
      actualChange: -0.05531464831417484
    },
    source: `${sixtyDigits}; Excel documentation, MDURATION, example: 5.73567`
  },
  {
    tool: 'calculate_bond_duration',
    args: {
      faceValue: 100,
      couponRate: 0.1,
      yearsToMaturity: 3,
      yieldToMaturity: 0.12367309309071925
    },
    expected: { macaulayDuration: 2.653 },
    source: 'Hull, Options, Futures and Other Derivatives, chapter 4: 12 % continuous',
    accuracy: 2e-4
  },
  {
    tool: 'price_callable_bond',
    args: { ...callable, creditSpread: 0.02, volatility: 0.15 },
    expected: {
      price: 1086.9986605825084,
      straightPrice: 1155.8678356207588,
      callOptionValue: 68.86917503825039,
      priceAtFlatYield: 1155.891622856468,
      effectiveDuration: 3.2529108401866615,
      firstCallPeriod: 6
    },
    source: sixtyDigits
  },
  {
    tool: 'price_callable_bond',
    args: { ...callable, creditSpread: 0.02, volatility: 0 },
    expected: { price: 1089.5731282542185 },
    source: 'sum by decimal: without volatility the bond is called at the first date for 1040'
  },
  {
    tool: 'calculate_oas',
    args: { ...callable, marketPrice: 1100, volatility: 0.15 },
    expected: {
      oas: 0.016021790563798897,
      nominalSpread: 0.026757549141950138,
      optionCost: 0.01073575857815124,
      straightPrice: 1190.4404586706241
    },
    source: sixtyDigits
  },
  {
    tool: 'fit_nelson_siegel',
    args: {
      maturities: [0.25, 0.5, 1, 2, 5, 10, 30],
      yields: [0.045, 0.046, 0.0465, 0.044, 0.042, 0.043, 0.045],
      interpolateAt: [7],
      includeForwardRates: true
    },
    expected: {
      beta0: 0.04547784773493376,
      beta1: 0.001457109899609658,
      beta2: -0.011337681356834387,
      rootMeanSquareError: 0.0008499988844155222,
      'interpolated[0].yield': 0.04285310238821836,
      'interpolated[0].forwardRate': 0.04363600836184602
    },
    source: sixtyDigits
  }
]
