import type { Golden } from './golden.ts'

// "60 digits" is an independent computation with python3's decimal: the closed form of each quarter of a
// swap, roots by bisection, the normal distribution by the series of erf.
const sixtyDigits = '60 digits (python3, decimal)'

export const creditGolden: readonly Golden[] = [
  {
    tool: 'analyze_credit_spread',
    args: { zScore: 2.3, maturityYears: 5 },
    expected: {
      zone: 'grey',
      annualDefaultProbability: 0.039165722796764356,
      cumulativeDefaultProbability: 0.18107818675711498,
      hazardRate: 0.039953333162430354,
      creditSpread: 0.018980653064333358,
      corporateYield: 0.04898065306433336
    },
    source: sixtyDigits
  },
  {
    tool: 'calculate_expected_loss',
    args: { exposure: 1_000_000, defaultProbability: 0.02 },
    expected: { expectedLoss: 10_000, lossRate: 0.01, unexpectedLoss: 70_000 },
    source: 'exact arithmetic: 0.02 * 0.5 * 1e6; 500000 sqrt(0.0196)'
  },
  {
    tool: 'calculate_expected_loss',
    args: { exposure: 1_000_000, zScore: 1, seniority: 'seniorSecured' },
    expected: { expectedLoss: 264239.1233933647, defaultProbability: 0.8807970779778824 },
    source: sixtyDigits
  },
  {
    tool: 'price_cds',
    args: { spread: 150, maturity: 5, hazardRate: 0.02 },
    expected: {
      fairSpread: 120.7525019308198,
      protectionLeg: 506248.9890536341,
      premiumLeg: 628867.7016526771,
      accrualOnDefault: 1577.4138657461835,
      riskyAnnuity: 4.1924513443511815,
      presentValue: -122618.71259904306,
      triangleSpread: 120
    },
    source: `${sixtyDigits}; the protection leg also as 0.6 * 2/7 (1 - e^-0.35)`
  },
  {
    tool: 'merton_default_model',
    args: { assetValue: 12.4, assetVolatility: 0.2123, debtFaceValue: 10 },
    expected: {
      defaultProbability: 0.1266006362637766,
      distanceToDefault: 1.1426082647995548,
      equityValue: 3.00419818479744,
      debtValue: 9.39580181520256,
      creditSpread: 0.01232211888443473,
      recoveryRate: 0.9032665806315474,
      equityVolatility: 0.799410113971602
    },
    source: sixtyDigits
  },
  {
    tool: 'merton_default_model',
    args: { assetValue: 12.4, assetVolatility: 0.2123, debtFaceValue: 10 },
    expected: { equityValue: 3, equityVolatility: 0.8, debtValue: 9.4, defaultProbability: 0.127 },
    source: 'Hull, Options, Futures and Other Derivatives, chapter 24: E = 3, its volatility 0.8',
    accuracy: 5e-3
  },
  {
    tool: 'analyze_hazard_rate',
    args: { hazardRate: 0.02, creditSpread: 150 },
    expected: {
      survivalProbability: 0.9048374180359596,
      defaultDensity: 0.01809674836071919,
      expectedLossRate: 0.05709754917842426,
      halfLifeYears: 34.657359027997266,
      impliedHazardRate: 0.025
    },
    source: `${sixtyDigits}: e^-0.1, ln 2 / 0.02, 0.015 / 0.6`
  },
  {
    tool: 'bootstrap_credit_curve',
    args: { cdsSpreads: [50, 100, 150], tenors: [1, 3, 5] },
    expected: {
      'curve[0].hazardRate': 0.008281376478234083,
      'curve[1].hazardRate': 0.021137037001888292,
      'curve[2].hazardRate': 0.03993918716559817,
      'curve[2].survivalProbability': 0.8777145739528389,
      'curve[2].repricedSpread': 150
    },
    source: sixtyDigits
  },
  {
    tool: 'calculate_recovery_metrics',
    args: { defaultProbability: 0.1, exposure: 1_000_000, marketSpread: 0.0125, maturity: 5 },
    expected: {
      expectedLoss: 50_000,
      impliedRecoveryRate: 0.4067986511856311,
      impliedHazardRate: 0.02107210313156526,
      simpleImpliedRecoveryRate: 0.375
    },
    source: `${sixtyDigits}; the loss and 1 - 0.0625 / 0.1 exactly`
  }
]
