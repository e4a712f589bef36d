import { z } from 'zod'
import { defineTool, ToolError } from '../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../src/types.ts'
import { chiSquareSurvival } from '../numeric/chi-square.ts'
import { mean } from '../numeric/moments.ts'
import { normalCdf, normalSurvival } from '../numeric/normal.ts'
import { formatNumber } from '../numeric/numbers.ts'
import { studentCdf, studentSurvival } from '../numeric/student.ts'
import { compensatedSum } from '../numeric/sums.ts'
import { testOneMean, testPooledMeans, testTwoMeans } from './mean-tests.ts'
import { alpha, requireAllFinite, series } from './series.ts'

const meanTest = {
  t: z.number(),
  degreesOfFreedom: z.number(),
  pValue: z.number().describe('Two-sided'),
  lower: z.number().describe('Interval of the difference at 1 - alpha'),
  upper: z.number()
}

const hypothesisTTest = defineTool({
  name: 'hypothesis_t_test',
  title: 't-test of means',
  description:
    "Whether a mean differs from a given one (sample1 and populationMean) or two means from each other (sample1 and sample2): Student's t, Welch's form for two samples. For conversion rates use ab_test_analysis, for counts in categories hypothesis_chi_square.",
  toolset: 'finance.statistics',
  input: z.object({
    sample1: series.min(2).describe('The sample'),
    sample2: series
      .min(2)
      .optional()
      .describe('A second, independent sample; instead of populationMean'),
    populationMean: z.number().optional().describe('The mean to compare with; instead of sample2'),
    alpha
  }),
  output: z.object({
    test: z.enum(['one-sample', 'welch']),
    ...meanTest,
    difference: z.number().describe('Mean of sample1 minus populationMean or the mean of sample2'),
    pValueGreater: z.number().describe('One-sided: the difference is above 0'),
    pValueLess: z.number().describe('One-sided: the difference is below 0'),
    significant: z.boolean().describe('pValue < alpha'),
    pooled: z
      .object({ ...meanTest, cohensD: z.number().describe('Difference in pooled deviations') })
      .optional()
      .describe('Two samples of equal variance, n1 + n2 - 2 degrees of freedom')
  }),
  summary: ({ test, t, degreesOfFreedom, pValue, significant }) =>
    `${test === 'welch' ? 'Welch' : 'One-sample'} t ${formatNumber(t)} with ${formatNumber(degreesOfFreedom)} degrees of freedom, two-sided p ${formatNumber(pValue)}: ${significant ? 'significant' : 'not significant'}.`,
  run: ({ sample1, sample2, populationMean, alpha }) => {
    requireOneComparison(sample2, populationMean)
    requireSpread(sample1, sample2)
    const expected = sample2 ? mean(sample2) : (populationMean ?? Number.NaN)
    const test = sample2
      ? testTwoMeans(sample1, sample2, alpha)
      : testOneMean(sample1, expected, alpha)
    const results = requireAllFinite({ ...test, difference: mean(sample1) - expected }, 'sample1')
    return {
      test: sample2 ? ('welch' as const) : ('one-sample' as const),
      ...results,
      pValueGreater: studentSurvival(test.t, test.degreesOfFreedom),
      pValueLess: studentCdf(test.t, test.degreesOfFreedom),
      significant: test.pValue < alpha,
      ...(sample2 && {
        pooled: requireAllFinite({ ...testPooledMeans(sample1, sample2, alpha) }, 'sample2')
      })
    }
  }
})

function requireOneComparison(sample2: unknown, populationMean: unknown): void {
  if (sample2 === undefined && populationMean === undefined) {
    throw new ToolError('sample2: give sample2 or populationMean to compare sample1 with')
  }
  if (sample2 !== undefined && populationMean !== undefined) {
    throw new ToolError('populationMean: give either it or sample2, not both')
  }
}

function requireSpread(...samples: readonly (readonly number[] | undefined)[]): void {
  const varies = samples.some((sample) => sample?.some((value) => value !== sample[0]))
  if (varies) return
  throw new ToolError('sample1: no value differs within a sample, so t does not exist')
}

const maxCategories = 10_000
const counts = z
  .array(z.number().min(0))
  .min(2)
  .max(maxCategories, `at most ${maxCategories} categories`)
const totalTolerance = 1e-3

const hypothesisChiSquare = defineTool({
  name: 'hypothesis_chi_square',
  title: 'Chi-square test of fit',
  description:
    'Whether counts in categories differ from expected ones (goodness of fit, categories - 1 degrees of freedom). Both lists must have the same total. For two conversion rates use ab_test_analysis.',
  toolset: 'finance.statistics',
  input: z.object({
    observed: counts.describe('Counts that were seen'),
    expected: counts.describe('Counts expected in the same categories, each above 0; not shares'),
    alpha
  }),
  output: z.object({
    chiSquare: z.number().describe('Sum of (observed - expected)^2 / expected'),
    degreesOfFreedom: z.int(),
    pValue: z.number(),
    significant: z.boolean().describe('pValue < alpha'),
    smallExpected: z.int().describe('Categories expected below 5, where the test is unreliable'),
    contributions: z.array(z.number()).describe('Share of each category in chiSquare')
  }),
  summary: ({ chiSquare, degreesOfFreedom, pValue }) =>
    `Chi-square ${formatNumber(chiSquare)} with ${degreesOfFreedom} degrees of freedom, p ${formatNumber(pValue)}.`,
  run: ({ observed, expected, alpha }) => {
    requireSameTotal(observed, expected)
    const contributions = observed.map((count, i) => {
      const wanted = expected[i] ?? Number.NaN
      return ((count - wanted) / wanted) * (count - wanted)
    })
    const { chiSquare } = requireAllFinite({ chiSquare: compensatedSum(contributions) }, 'observed')
    const pValue = chiSquareSurvival(chiSquare, observed.length - 1)
    return {
      chiSquare,
      degreesOfFreedom: observed.length - 1,
      pValue,
      significant: pValue < alpha,
      smallExpected: expected.filter((count) => count < 5).length,
      contributions
    }
  }
})

function requireSameTotal(observed: readonly number[], expected: readonly number[]): void {
  if (observed.length !== expected.length) {
    throw new ToolError(
      `expected: ${expected.length} categories, observed has ${observed.length}; give the same`
    )
  }
  const empty = expected.indexOf(0)
  if (empty >= 0)
    throw new ToolError(`expected[${empty}]: must be above 0; join it with a neighbour`)
  const total = compensatedSum(observed)
  const wanted = compensatedSum(expected)
  if (Math.abs(total - wanted) <= totalTolerance * wanted) return
  throw new ToolError(
    `expected: adds up to ${formatNumber(wanted)}, observed to ${formatNumber(total)}; multiply expected by ${formatNumber(total / wanted)}`
  )
}

const calculatePValue = defineTool({
  name: 'calculate_p_value',
  title: 'p-value of a z statistic',
  description:
    'Probability of a standard normal statistic at least as extreme as the one given, exact in the far tail. For raw samples use hypothesis_t_test, which takes small samples into account.',
  toolset: 'finance.statistics',
  input: z.object({
    testStatistic: z.number().describe('z, in standard errors'),
    testType: z
      .enum(['two-tailed', 'left-tailed', 'right-tailed'])
      .default('two-tailed')
      .describe('two-tailed: |Z| >= |z|; left-tailed: Z <= z; right-tailed: Z >= z')
  }),
  output: z.object({
    pValue: z.number().describe('As testType says'),
    twoTailed: z.number(),
    leftTailed: z.number(),
    rightTailed: z.number()
  }),
  summary: ({ pValue }) => `p ${formatNumber(pValue)}.`,
  run: ({ testStatistic, testType }) => {
    const twoTailed = 2 * normalSurvival(Math.abs(testStatistic))
    const leftTailed = normalCdf(testStatistic)
    const rightTailed = normalSurvival(testStatistic)
    const byType = {
      'two-tailed': twoTailed,
      'left-tailed': leftTailed,
      'right-tailed': rightTailed
    }
    return { pValue: byType[testType], twoTailed, leftTailed, rightTailed }
  }
})

/** Tests of means and of counts. */
export const hypothesisTools: readonly ToolDefinition[] = [
  hypothesisTTest,
  hypothesisChiSquare,
  calculatePValue
]
