/** Text of docs://portfolio-optimization. */
export const portfolioOptimization = `PORTFOLIO OPTIMISATION: FORMULAS AND CONVENTIONS

Notation: w weights (sum 1), mu expected returns per period, S covariance matrix (sample, n - 1),
rf riskless return per period. Long-only unless stated. Fractions: 0.08 is 8 %.

Portfolio of given weights
  return = w' mu      variance = w' S w      volatility = sqrt(variance)
  Sharpe ratio = (return - rf) / volatility, per period; times sqrt(periods per year) for a yearly one
Two assets: variance = w1^2 s1^2 + w2^2 s2^2 + 2 w1 w2 r s1 s2. With correlation r below 1 the volatility is
below the average of the two: diversification.

Tools
| aim | tool |
|---|---|
| largest Sharpe ratio | optimize_portfolio: tangency weights inv(S)(mu - rf), normalised |
| all good mixtures | calculate_efficient_frontier: least variance for each return |
| equal contributions to risk | calculate_risk_parity; two assets: inverse to volatility |
| return against variance with a cap per asset | optimize_mean_variance_portfolio: max w' mu - lambda/2 w' S w |
A cap c with n assets needs n c >= 1, otherwise no portfolio exists, which is an error.

Relations in the data
calculate_covariance {"x":[0.01,0.02,-0.01,0.03],"y":[0.02,0.01,-0.02,0.03]} -> covariance 0.000333333
calculate_correlation {"x":[0.01,0.02,-0.01,0.03],"y":[0.02,0.01,-0.02,0.03]} -> correlation 0.903508

Risk contribution of asset i = w_i (S w)_i / volatility; the contributions sum to the volatility.

Limits of the method
- A covariance matrix must be symmetric and positive semi-definite; with fewer observations than assets it
  is singular, and the weights then mean nothing. Use longer data or fewer assets.
- Optimal weights follow errors in mu most of all: vary mu by its standard error (s / sqrt(n)) and see.
- Covariances estimated in calm times understate those of a crisis; see docs://risk-analytics.
- Costs, taxes and the size of a market are not in the formulas.
`
