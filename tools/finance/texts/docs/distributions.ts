/** Text of reference://distribution-guide. */
export const distributionGuide = `DISTRIBUTIONS: WHICH ONE, WITH WHICH PARAMETERS

The fifteen of create_distribution and run_monte_carlo; parameters by name.
| type | parameters | mean | for |
|---|---|---|---|
| normal | mean, stdDev | mean | sums of many small effects, errors |
| uniform | min, max | (min + max)/2 | only the bounds are known |
| triangular | min, max, mode | (min + max + mode)/3 | estimates: lowest, highest, most likely |
| exponential | rate | 1/rate | time between independent events |
| lognormal | mean, stdDev of the value | mean | prices, sizes, products of effects |
| beta | alpha, beta | alpha/(alpha + beta) | shares and probabilities |
| gamma | shape, scale | shape * scale | waiting for several events, claims |
| weibull | shape, scale | scale * Gamma(1 + 1/shape) | lifetimes; shape above 1: wear |
| chisquared | degreesOfFreedom n | n | sums of squared normals |
| f | df1, df2 | df2/(df2 - 2) for df2 > 2 | ratios of variances |
| t | degreesOfFreedom n | 0 for n > 1 | normal with heavier tails |
| pareto | scale (the minimum), shape | scale shape/(shape - 1) for shape > 1 | wealth, losses with heavy tails |
| logistic | mean, stdDev | mean | like normal, tails a little heavier |
| geometric | p | 1/p counting the success | trials until the first success |
| rayleigh | mean | mean | size of a two-dimensional error |

Choosing
- Bounds known, shape not: triangular or uniform. Never normal for what cannot be negative.
- Multiplicative growth: lognormal. Counts: binomial or Poisson (exact tools below). Durations: exponential,
  gamma, weibull. Rare large losses: pareto, t.
- Moments may not exist: t with n <= 2 has no variance, pareto with shape <= 1 no mean.
- Standard deviation of a triangular: sqrt((a^2 + b^2 + c^2 - ab - ac - bc)/18).
create_distribution {"type":"triangular","parameters":{"min":10,"max":20,"mode":12}} -> theoreticalMean 14.0000
create_distribution {"type":"pareto","parameters":{"scale":2,"shape":3}} -> theoreticalMean 3.0000

Exact probabilities
  binomial P(k) = C(n,k) p^k (1-p)^(n-k)          poisson P(x) = mu^x e^-mu / x!
  exponential P(X > x) = e^(-lambda x)            hypergeometric: drawing without putting back
binomial_probability {"n":10,"k":6,"p":0.5} -> probability 0.205078125
poisson_probability {"x":2,"mu":5} -> probability 0.084224
poisson_probability {"x":2,"mu":5} -> atMost 0.124652
exponential_distribution {"x":0.2,"lambda":10} -> cdf 0.86466472
hypergeometric_probability {"total":20,"successes_in_population":8,"sample_size":4,"successes_in_sample":1} -> probability 0.363261
lognormal_distribution {"x":4,"mean":3.5,"stddev":1.2} -> cdf 0.0390836
`
