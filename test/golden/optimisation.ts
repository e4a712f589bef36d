import type { Golden } from './golden.ts'

export const optimisationGolden: readonly Golden[] = [
  {
    tool: 'goal_seek',
    args: { calculation: 'x^3 - 2*x - 5', target: 0, initialGuess: 2 },
    expected: { x: 2.0945514815423265 },
    source: "Wallis's equation, OEIS A007493: 2.09455148154232659148"
  },
  {
    tool: 'goal_seek',
    args: { calculation: 'ln(x)', target: -3, initialGuess: 20 },
    expected: { x: 0.049787068367863944 },
    source: 'e^-3 by decimal of Python with 30 digits'
  },
  {
    tool: 'newton_raphson_optimize',
    args: { formula: 'x^2', initialGuess: 1, target: 2 },
    expected: { x: Math.SQRT2 },
    source: 'the square root of 2, OEIS A002193'
  },
  {
    tool: 'data_table',
    args: {
      formula_type: 'loan_payment',
      fixed_params: { principal: 10000, rate: 0.08 / 12 },
      variable_param: 'periods',
      variable_values: [10, 10000]
    },
    expected: { 'table[0][0]': 1037.03 },
    source: 'Excel documentation, PMT, example 1',
    accuracy: 5e-6
  },
  {
    tool: 'data_table',
    args: {
      formula_type: 'compound_growth',
      fixed_params: { principal: 4096, compounds_per_year: 2 },
      variable1_param: 'annual_rate',
      variable1_values: [0, 0.5],
      variable2_param: 'years',
      variable2_values: [1, 2]
    },
    expected: { 'table[0][1]': 4096, 'table[1][0]': 6400, 'table[1][1]': 10000 },
    source: 'exact arithmetic: 4096 * (5/4)^2 and 4096 * (5/4)^4'
  },
  {
    tool: 'data_table',
    args: {
      formula_type: 'future_value',
      fixed_params: { present_value: 64, payment: 16, periods: 3 },
      variable_param: 'rate',
      variable_values: [0, 0.25]
    },
    expected: { 'table[0][0]': 112, 'table[1][0]': 186 },
    source: 'exact arithmetic: 64 * (5/4)^3 + 16 * (1 + 5/4 + 25/16)'
  },
  {
    tool: 'gradient_descent_optimize',
    args: {
      formula: '(x0 - 3)^2 + 2 * (x1 + 1)^2',
      initialValues: [0, 0],
      sense: 'minimize',
      tolerance: 1e-9
    },
    expected: { 'solution[0]': 3, 'solution[1]': -1, objectiveValue: 0 },
    source: 'exact: a sum of squares is least where both are 0'
  },
  {
    tool: 'optimize_capital_allocation',
    args: {
      projects: [
        { name: 'one', npv: 60, cost: 10 },
        { name: 'two', npv: 100, cost: 20 },
        { name: 'three', npv: 120, cost: 30 }
      ],
      budget: 50
    },
    expected: { totalNpv: 220, greedyNpv: 160, 'selected[0]': 'two', 'selected[1]': 'three' },
    source: 'Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms, 3rd ed., figure 16.2'
  },
  {
    tool: 'solve_linear_program',
    args: {
      objective: [3, 5],
      constraints: [
        { coefficients: [1, 0], relation: '<=', rhs: 4 },
        { coefficients: [0, 2], relation: '<=', rhs: 12 },
        { coefficients: [3, 2], relation: '<=', rhs: 18 }
      ],
      sense: 'maximize'
    },
    expected: {
      objectiveValue: 36,
      'solution[0]': 2,
      'solution[1]': 6,
      'shadowPrices[0]': 0,
      'shadowPrices[1]': 1.5,
      'shadowPrices[2]': 1
    },
    source: 'Hillier and Lieberman, Introduction to Operations Research, Wyndor Glass Co.'
  },
  {
    tool: 'minimize_function',
    args: {
      objective: '(1 - x)^2 + 100 * (y - x^2)^2',
      variables: [
        { name: 'x', initial: -1.2 },
        { name: 'y', initial: 1 }
      ]
    },
    expected: { objectiveValue: 0, 'solution[0].value': 1, 'solution[1].value': 1 },
    source: 'Rosenbrock 1960: minimum 0 at (1, 1)',
    accuracy: 1e-7
  },
  {
    tool: 'minimize_function',
    args: {
      objective: '(x - 2)^2 + (y - 1)^2',
      variables: [
        { name: 'x', initial: 2 },
        { name: 'y', initial: 2 }
      ],
      constraints: [
        { expression: 'x - 2 * y', relation: '=', rhs: -1 },
        { expression: '-x^2 / 4 - y^2 + 1', relation: '>=', rhs: 0 }
      ]
    },
    expected: {
      objectiveValue: 1.393464980689302,
      'solution[0].value': 0.8228756555322954,
      'solution[1].value': 0.9114378277661477
    },
    source:
      'Hock and Schittkowski 1981, problem 14: x = (sqrt 7 - 1) / 2, y = (sqrt 7 + 1) / 4, f = 9 - 23 sqrt 7 / 8',
    accuracy: 1e-7
  },
  {
    tool: 'solve_integer_program',
    args: {
      objective: [5, 4],
      constraints: [
        { coefficients: [6, 4], relation: '<=', rhs: 24 },
        { coefficients: [1, 2], relation: '<=', rhs: 6 }
      ],
      sense: 'maximize'
    },
    expected: { objectiveValue: 20, 'solution[0]': 4, 'solution[1]': 0, provedOptimal: true },
    source: 'exact enumeration: of the points (0..4, 0..3) that fit, (4, 0) gives 20, (3, 1) 19'
  }
]
