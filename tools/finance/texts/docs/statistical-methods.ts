/** Text of docs://statistical-methods; examples are recomputed by test/finance-reference.test.ts. */
export const statisticalMethods = `STATISTICAL METHODS: FORMULAS AND CONVENTIONS

Conventions
- Samples, not populations, unless a tool is told otherwise: variance and covariance divide by n - 1.
- Sums are taken after subtracting the mean, so that values such as 1000000001, 1000000002 keep their digits.
- Quantiles are of Hyndman and Fan's type 7 (Excel PERCENTILE.INC): position (n - 1) p between sorted values.
- p-values are two-sided unless said otherwise and come from the upper tail directly: 1e-50 is not 0.

Describing values (descriptive_stats_extended)
  mean = sum x / n            variance s^2 = sum (x - mean)^2 / (n - 1)
  skewness: Excel SKEW; kurtosis: Excel KURT, in excess of the normal distribution
descriptive_stats_extended {"values":[2,4,4,4,5,5,7,9]} -> mean 5.0000
descriptive_stats_extended {"values":[2,4,4,4,5,5,7,9]} -> populationStandardDeviation 2.0000
descriptive_stats_extended {"values":[2,4,4,4,5,5,7,9]} -> standardDeviation 2.138090

Relations
  Pearson r = sum (x - mx)(y - my) / sqrt(sum (x - mx)^2 sum (y - my)^2), always within -1 and 1
  Spearman: Pearson's r of the ranks, equal values sharing their average rank
A correlation measures a straight-line relation; it says nothing about cause, and one outlier can make it.
calculate_correlation {"x":[3,2,4,5,6],"y":[9,7,12,15,17]} -> correlation 0.997054486
spearmans_correlation {"x":[1,2,3,4,5],"y":[1,4,9,16,25]} -> correlation 1.0000

Regression (linear_regression, multiple_linear_regression)
  slope = sum (x - mx)(y - my) / sum (x - mx)^2     intercept = my - slope mx
  R2 = 1 - residual sum of squares / total sum of squares
  adjusted R2 = 1 - (1 - R2)(n - 1) / (n - k - 1), k predictors
  VIF of a predictor = 1 / (1 - R2 of that predictor on the others); above 10 it is nearly redundant
Several predictors are solved by Householder QR of the centred columns, never by the normal equations,
which lose half of the digits.
linear_regression {"x":[1,2,3,4,5],"y":[2,4,5,4,5]} -> slope 0.6000
linear_regression {"x":[1,2,3,4,5],"y":[2,4,5,4,5]} -> rSquared 0.6000

Confidence interval of a mean
  mean +- t(n - 1, (1 + c)/2) s / sqrt(n): Student's t, since s is estimated
calculate_confidence_interval {"mean":50,"stdDev":2.5,"sampleSize":50,"confidenceLevel":0.95} -> marginOfError 0.710492

Tests
- Two samples: Welch's t-test, which does not suppose equal variances; the pooled form stands beside it.
- Proportions (ab_test_analysis): pooled standard error for the test, unpooled for the interval.
- Sample size: n0 = z^2 p (1 - p) / e^2; for a finite population n0 / (1 + (n0 - 1)/N), rounded up.
- A p-value is the probability of data at least this extreme if the hypothesis holds, not the
  probability that it holds. Fix alpha before looking, and count how many tests were made.
calculate_sample_size {"confidence":0.95,"marginOfError":0.05,"proportion":0.5,"populationSize":10000} -> sampleSize 370
calculate_p_value {"testStatistic":1.959963984540054} -> pValue 0.050000
`
