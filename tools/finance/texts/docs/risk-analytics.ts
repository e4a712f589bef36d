/** Text of docs://risk-analytics. */
export const riskAnalytics = `RISK ANALYTICS: FORMULAS AND CONVENTIONS

Conventions
- Returns are fractions per period: -0.02 is a loss of 2 %. VaR is reported as a positive loss.
- Quantiles are of type 7 (Excel PERCENTILE.INC). Standard deviations divide by n - 1.

Value at risk (calculate_value_at_risk)
  historical VaR at confidence c = -(quantile of returns at 1 - c) * value
  CVaR (expected shortfall) = -(mean of the returns at or beyond that quantile) * value
VaR says what is lost at least on a bad day, not how bad it can be: read CVaR with it. VaR grows with c.
From a period to h periods, if returns are independent: times sqrt(h).
calculate_value_at_risk {"returns":[-0.05,-0.03,-0.01,0,0.01,0.01,0.02,0.02,0.03,0.04,0.05],"portfolioValue":1000000,"confidenceLevel":0.9} -> valueAtRisk 30000.00

Adding risks (aggregate_portfolio_risk)
  total = sqrt(v' R v), v the single VaRs, R their correlations
  diversification benefit = sum of v - total; 0 when every correlation is 1
aggregate_portfolio_risk {"portfolioVaRs":[300,400],"correlations":[[1,0],[0,1]]} -> aggregatedVaR 500.00
aggregate_portfolio_risk {"portfolioVaRs":[300,400],"correlations":[[1,1],[1,1]]} -> aggregatedVaR 700.00

Performance against risk (calculate_comprehensive_risk)
  Sharpe  = (mean - rf) / s, per period
  Sortino = (mean - rf) / downside deviation, which counts only returns below the target
  drawdown: largest fall from a peak of the compounded path that starts at 1
calculate_comprehensive_risk {"returns":[0.1,-0.2,0.05,-0.1,0.3],"riskFreeRate":0} -> maxDrawdown 0.244000

Stress (run_stress_test): what if, without a probability.
| scenario | revenue | costs |
|---|---|---|
| recession | -15 % | +5 % |
| crisis | -30 % | +10 % |
| supplyShock | -5 % | +25 % |

Credit: calculate_altman_z_score (distress below 1.81, safe above 2.99), calculate_expected_loss = PD * LGD *
EAD, merton_default_model (distance to default d2). Cover: calculate_interest_coverage, monitor_debt_covenants.
calculate_interest_coverage {"earningsBeforeInterestAndTax":330000,"interestExpense":40000} -> interestCoverage 8.25

Limits: the past holds few crises, tails are fatter than the normal distribution's, and correlations rise
when markets fall. Use stress tests beside the statistics.
`
