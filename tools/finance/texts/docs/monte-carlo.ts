/** Text of docs://monte-carlo-guide. */
export const monteCarloGuide = `MONTE CARLO SIMULATION: GUIDE

What it is
Draw every uncertain input from its distribution, compute the result, repeat, and read the distribution
of results. Use it when several uncertain inputs act together or the formula bends; for one input at a
time use sensitivity_analysis or tornado_analysis, for a few named cases run_scenario_analysis.

Steps
1. Write the result as a formula of the inputs. In calculation, {0} is the first input, {1} the second:
   "{0} * {1} - {2}". Operators + - * / ^, comparison and if, abs, sqrt, exp, ln, log10, min, max, round,
   floor, ceil. An error in the formula is an error of the call, never 0.
2. Give each input a distribution; reference://distribution-guide tells which.
3. Run run_monte_carlo with a seed. The same seed repeats every number; the answer names seed and
   generator, so that a report can be checked.
4. Read the standard error beside the mean. It falls with the square root of the iterations: four times
   as many halve it.
5. Report percentiles, not the mean alone, and say what was assumed.

Formulas
  standard error of the mean = s / sqrt(N)
  95 % interval of the mean = mean +- 1.96 s / sqrt(N)
  probability = matching draws / N, standard error sqrt(p (1 - p) / N)
  VaR at confidence c = quantile of the outcomes at 1 - c (type 7), as outcome and as loss
  CVaR = mean of the outcomes at or beyond it; never better than VaR
The average of a formula is not the formula of the averages: with uncertain price and volume that move
together, E(price * volume) = E(price) E(volume) + covariance.

Analysing outcomes that you already have
calculate_simulation_var {"values":[-50,-20,0,10,20,30,40,50,60,100],"confidenceLevel":0.9} -> varOutcome -23.0000
calculate_probability {"values":[-50,-20,0,10,20,30,40,50,60,100],"type":"below","threshold":0} -> probability 0.2000

Mistakes
- Inputs are drawn independently. Costs that rise together then look too safe: model the common cause as
  one input and compute the others from it.
- A normal distribution for what cannot be negative: use lognormal, triangular or gamma.
- Ten thousand iterations say little about a 1-in-1000 event: only ten draws lie there.
- Precise output from guessed input is still a guess; vary the distributions themselves.
`
