/** Text of docs://optimization-guide. */
export const optimizationGuide = `OPTIMISATION: GUIDE

Choosing
| problem | tool |
|---|---|
| one unknown, a formula to reach a target | goal_seek, newton_raphson_optimize |
| linear objective and constraints | solve_linear_program |
| the same with whole numbers or yes/no decisions | solve_integer_program |
| smooth formula of several variables | minimize_function, gradient_descent_optimize |
| formula with jumps or several valleys | minimize_function with differential_evolution and a seed |
| projects under a budget | optimize_capital_allocation |
| weights of a portfolio | optimize_portfolio, see docs://portfolio-optimization |

Goal seek: find x with f(x) = target.
  Newton: x' = x - (f(x) - target) / f'(x)
Several x may do; the start decides which is found. No solution is an error with the reason, never the
last iterate. Rates of return have their own tools (calculate_irr, calculate_xirr), which report every root.
goal_seek {"calculation":"50 * x - 12000","target":3000,"initialGuess":100} -> x 300.0000

Linear programs
  maximise c x subject to A x <= b, x >= 0
- infeasible: no x meets all constraints; unbounded: a constraint was forgotten. Both are errors, told apart.
- The dual value of a constraint is what one more unit of it is worth; at the optimum the values of the
  program and of its dual agree.
- An optimum lies at a corner, so at most as many variables are above 0 as there are constraints.
solve_linear_program {"objective":[3,5],"sense":"maximize","constraints":[{"coefficients":[1,0],"relation":"<=","rhs":4},{"coefficients":[0,2],"relation":"<=","rhs":12},{"coefficients":[3,2],"relation":"<=","rhs":18}]} -> objectiveValue 36.0000

Integer programs
Branch and bound: solve without the whole-number condition, split on a fractional variable, discard
branches that cannot beat the best whole solution. Rounding a linear solution may be infeasible or far off.

Capital rationing
  profitability index = present value of inflows / outlay
Greedy by index is quick; the exact choice (0-1 knapsack) can be better because budgets do not divide.

Minimising a formula
- Gradient methods need a smooth formula and find the valley they start in; a step that is too large
  diverges, one that is too small does not arrive.
- Nelder-Mead needs no slope. Differential evolution searches a box globally; the same seed repeats it.
- Scale variables to similar size. Give bounds. Try several starts and compare the values reached.
- State constraints as constraints. Penalties hidden in the formula make steep walls that mislead slopes.
`
