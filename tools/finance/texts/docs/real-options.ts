/** Text of docs://real-options. */
export const realOptions = `REAL OPTIONS: FORMULAS AND CONVENTIONS

A plan that may be changed later is worth more than its net present value: the right to expand, to abandon
or to wait is an option on the project.
  value with flexibility = net present value without it + value of the option

Black-Scholes, no dividends, rate r compounded continuously, volatility s per year, T in years
  d1 = (ln(S/K) + (r + s^2/2) T) / (s sqrt T)        d2 = d1 - s sqrt T
  call = S N(d1) - K e^(-rT) N(d2)                   put = K e^(-rT) N(-d2) - S N(-d1)
  parity: call - put = S - K e^(-rT)
Expiry now: the intrinsic value. Volatility 0: max(0, S - K e^(-rT)) for a call.

Translation
| option on a share | real option |
|---|---|
| share price S | present value of what the decision brings |
| strike K | what the decision costs, or what is received on leaving |
| time to expiry | time until the decision can wait no longer |
| volatility | uncertainty of the project's value per year, often 0.2 to 0.6 |

Expansion (value_expansion_option): a call. S = present value of the expansion, K = its cost.
Abandonment (value_abandonment_option): a put. S = present value of going on, K = salvage value.
Waiting: a call on the project itself, but cash flows missed by waiting act as dividends and lower it.

Trees (calculate_binomial_tree_option): u = e^(s sqrt dt), d = 1/u, q = (e^(r dt) - d) / (u - d).
q must lie between 0 and 1; take more steps when it does not. American style may be exercised at each step.

The value without flexibility
calculate_npv {"rate":0.12,"cashFlows":[-1000,300,400,500]} -> npv -57.38

Reading the result
- An option is never worth less than 0; with a sure plan (volatility 0) it adds only what waiting saves.
- More volatility makes options worth more: estimate it, do not choose it, and show a range.
- The formula supposes a value that moves continuously and can be traded. For a plant that cannot be sold
  it is a guide to the size, not a price.
`
