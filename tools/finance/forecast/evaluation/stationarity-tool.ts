import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { formatNumber, requireFinite } from '../../numeric/numbers.ts'
import { mostLags, testUnitRoot } from './dickey-fuller.ts'
import { testStationary } from './kpss.ts'

const maxValues = 10_000
const smaller = 'scale the values'

const verdicts = {
  stationary: 'ADF rejects a unit root and KPSS does not reject stationarity',
  unit_root: 'KPSS rejects stationarity and ADF does not reject a unit root: take differences',
  conflicting: 'both tests reject: perhaps a break, or stationary only after differencing',
  inconclusive: 'neither test rejects: too few values to tell'
} as const

const verdictNames = ['stationary', 'unit_root', 'conflicting', 'inconclusive'] as const

/** The tool of that name. */
export const testStationarity: ToolDefinition = defineTool({
  name: 'test_stationarity',
  title: 'Stationarity tests',
  description:
    'Augmented Dickey-Fuller (hypothesis: unit root) and KPSS (hypothesis: stationary) side by side, at the 5 % level: whether to take differences before modelling. Whether there is anything to forecast: assess_forecastability.',
  toolset: 'finance.forecast',
  input: z.object({
    historicalValues: z
      .array(z.number())
      .min(8)
      .max(maxValues, `at most ${maxValues} values; take the latest`)
      .describe(`In the order of time, 8 to ${maxValues}`),
    kpssRegression: z
      .enum(['level', 'trend'])
      .default('level')
      .describe(
        'level: stationary around a constant ("c" in statsmodels); trend: around a line ("ct"). ADF uses the same'
      ),
    lag: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe(
        'Lagged differences of ADF and width of the Bartlett window of KPSS. Without it ADF takes the number of least AIC up to 12 (n / 100)^(1/4), KPSS the rule of Hobijn et al. (1998)'
      )
  }),
  output: z.object({
    verdict: z.enum(verdictNames),
    meaning: z.string(),
    adf: z.object({
      statistic: z.number(),
      pValue: z.number().describe("MacKinnon's (1994) response surface, an approximation"),
      lags: z.int(),
      observations: z.int(),
      criticalValues: z
        .object({ '1%': z.number(), '5%': z.number(), '10%': z.number() })
        .describe('MacKinnon (2010) for this number of observations; below them is significant'),
      rejects: z.boolean().describe('Unit root rejected: pValue below 0.05')
    }),
    kpss: z.object({
      statistic: z.number(),
      pValue: z.number().describe('Interpolated in a table that ends at 0.01 and 0.1'),
      pValueIs: z
        .enum(['interpolated', 'at most', 'at least'])
        .describe('at most, at least: the statistic is beyond the table and pValue is a bound'),
      lags: z.int(),
      criticalValues: z
        .object({ '10%': z.number(), '5%': z.number(), '2.5%': z.number(), '1%': z.number() })
        .describe('Asymptotic upper bounds; above them is significant'),
      rejects: z.boolean().describe('Stationarity rejected: statistic above the 5 % value')
    }),
    count: z.int()
  }),
  summary: ({ verdict, meaning, adf, kpss }) =>
    `${verdict}: ${meaning}. ADF ${formatNumber(adf.statistic)} (p ${formatNumber(adf.pValue)}), KPSS ${formatNumber(kpss.statistic)} (p ${kpss.pValueIs === 'interpolated' ? '' : `${kpss.pValueIs} `}${formatNumber(kpss.pValue)}).`,
  run: ({ historicalValues: values, kpssRegression: regression, lag }) => {
    if (values.every((value) => value === values[0])) {
      throw new ToolError('historicalValues: all values are equal; nothing varies to test')
    }
    requireLag(values.length, regression, lag)
    const adf = testUnitRoot(values, regression, lag)
    const kpss = testStationary(values, regression, lag)
    const rejects = [adf.pValue < 0.05, kpss.statistic > kpss.criticalValues['5%']] as const
    const verdict = decide(rejects)
    const field = 'historicalValues'
    return {
      verdict,
      meaning: verdicts[verdict],
      adf: {
        ...adf,
        statistic: requireFinite(adf.statistic, field, smaller),
        rejects: rejects[0]
      },
      kpss: {
        ...kpss,
        statistic: requireFinite(kpss.statistic, field, smaller),
        rejects: rejects[1]
      },
      count: values.length
    }
  }
})

function requireLag(n: number, regression: 'level' | 'trend', lag: number | undefined): void {
  const most = Math.floor(n / 2) - (regression === 'level' ? 2 : 3)
  if (lag === undefined ? mostLags(n, regression) >= 0 : lag <= most) return
  throw new ToolError(`lag: must be at most ${most} with ${n} values; got ${lag}`)
}

function decide([adf, kpss]: readonly [boolean, boolean]): keyof typeof verdicts {
  if (adf) return kpss ? 'conflicting' : 'stationary'
  return kpss ? 'unit_root' : 'inconclusive'
}
