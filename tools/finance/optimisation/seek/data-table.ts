import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import type { ToolDefinition } from '../../../../src/types.ts'
import { requireFinite } from '../../numeric/numbers.ts'
import { type TableFormula, tableFormulas } from './table-formulas.ts'

const maxRows = 1000
const maxColumns = 100
const maxCells = 10_000

const known = tableFormulas
  .map(({ name, parameters }) => `${name}(${parameters.map((each) => each.name).join(', ')})`)
  .join('; ')
const values = z.array(z.number()).min(1).max(maxRows, `at most ${maxRows} values`)

export const dataTable: ToolDefinition = defineTool({
  name: 'data_table',
  title: 'Data table',
  description:
    'What-if table of one or two inputs of a formula, as a spreadsheet makes it: give variable_param and variable_values for one input, or the variable1_ and variable2_ pairs for two. Ordinary annuities, rates as fractions. For a formula of your own use sensitivity_analysis; for the input that reaches a target goal_seek.',
  toolset: 'finance.optimisation',
  input: z.object({
    formula_type: z
      .enum(['loan_payment', 'future_value', 'compound_growth'])
      .describe(`Formula and its parameters: ${known}`),
    fixed_params: z
      .record(z.string(), z.number())
      .describe(
        'The parameters that do not vary, by name; payment is 0 and compounds_per_year 1 when left out'
      ),
    variable_param: z.string().optional().describe('The one input that varies'),
    variable_values: values.optional().describe('Its values'),
    variable1_param: z.string().optional().describe('Of two inputs, the one down the rows'),
    variable1_values: values.optional().describe('One row each'),
    variable2_param: z.string().optional().describe('Of two inputs, the one across the columns'),
    variable2_values: values
      .max(maxColumns, `at most ${maxColumns} values`)
      .optional()
      .describe('One column each')
  }),
  output: z.object({
    rowParam: z.string().describe('The input down the rows'),
    rowValues: z.array(z.number()),
    columnParam: z.string().optional().describe('The input across the columns, when there are two'),
    columnValues: z.array(z.number()).optional(),
    table: z
      .array(z.array(z.number()))
      .describe('One row per row value; one column when one input varies'),
    smallest: z.number(),
    largest: z.number()
  }),
  summary: ({ rowValues, columnValues, smallest, largest }) =>
    `${rowValues.length} x ${columnValues?.length ?? 1} values from ${smallest} to ${largest}.`,
  run: (args) => {
    const formula = tableFormulas.find(({ name }) => name === args.formula_type)
    if (!formula) throw new ToolError(`formula_type: must be one of ${known}`)
    const [row, column] = readAxes(args)
    const fixed = readFixed(formula, args.fixed_params, [row, column])
    requireCells(row.values.length * (column?.values.length ?? 1))
    for (const axis of [row, column]) if (axis) requireValues(formula, axis)
    const table = row.values.map((value) => {
      const given = new Map(fixed).set(row.param, value)
      if (!column) return [computeCell(formula, given)]
      return column.values.map((other) =>
        computeCell(formula, new Map(given).set(column.param, other))
      )
    })
    const all = table.flat()
    return {
      rowParam: row.param,
      rowValues: [...row.values],
      ...(column && { columnParam: column.param, columnValues: [...column.values] }),
      table,
      smallest: all.reduce((a, b) => Math.min(a, b)),
      largest: all.reduce((a, b) => Math.max(a, b))
    }
  }
})

interface Axis {
  readonly field: string
  readonly param: string
  readonly values: readonly number[]
}

type Pair = readonly [string | undefined, readonly number[] | undefined]

interface Axes {
  readonly variable_param?: string | undefined
  readonly variable_values?: readonly number[] | undefined
  readonly variable1_param?: string | undefined
  readonly variable1_values?: readonly number[] | undefined
  readonly variable2_param?: string | undefined
  readonly variable2_values?: readonly number[] | undefined
}

function readAxes(args: Axes): [Axis, Axis | undefined] {
  const one = readAxis('variable', [args.variable_param, args.variable_values])
  const first = readAxis('variable1', [args.variable1_param, args.variable1_values])
  const second = readAxis('variable2', [args.variable2_param, args.variable2_values])
  if (one && !first && !second) return [one, undefined]
  if (!one && first && second && first.param !== second.param) return [first, second]
  throw new ToolError(
    'variable_param: give variable_param with variable_values, or variable1_ and variable2_ params and values of two different inputs'
  )
}

function readAxis(field: string, [param, given]: Pair): Axis | undefined {
  if (param === undefined && given === undefined) return undefined
  if (param !== undefined && given !== undefined) return { field, param, values: given }
  throw new ToolError(`${field}_param: ${field}_param and ${field}_values go together; give both`)
}

function readFixed(
  { name, parameters }: TableFormula,
  given: Readonly<Record<string, number>>,
  axes: readonly (Axis | undefined)[]
): ReadonlyMap<string, number> {
  const names = new Set(parameters.map((parameter) => parameter.name))
  const varying = new Set(axes.flatMap((axis) => (axis ? [axis.param] : [])))
  const fixed = new Map(Object.entries(given))
  const list = [...names].join(', ')
  for (const param of [...varying, ...fixed.keys()]) {
    if (names.has(param)) continue
    throw new ToolError(
      `${varying.has(param) ? 'variable_param' : 'fixed_params'}: ${name} has no parameter ${param.slice(0, 64)}; it has ${list}`
    )
  }
  for (const parameter of parameters) {
    const value = fixed.get(parameter.name) ?? parameter.default
    if (varying.has(parameter.name)) {
      if (!fixed.has(parameter.name)) continue
      throw new ToolError(`fixed_params.${parameter.name}: it varies, so it cannot be fixed, too`)
    }
    if (value === undefined) throw new ToolError(`fixed_params.${parameter.name}: is missing`)
    requireParameter(parameter, value, `fixed_params.${parameter.name}`)
    fixed.set(parameter.name, value)
  }
  return fixed
}

function requireCells(cells: number): void {
  if (cells <= maxCells) return
  throw new ToolError(
    `variable1_values: ${cells} cells are too many; give values for at most ${maxCells}`
  )
}

function requireValues({ parameters }: TableFormula, { field, param, values }: Axis): void {
  const parameter = parameters.find(({ name }) => name === param)
  if (!parameter) return
  values.forEach((value, index) => {
    requireParameter(parameter, value, `${field}_values[${index}]`)
  })
}

function requireParameter(
  { accepts, rule }: TableFormula['parameters'][number],
  value: number,
  field: string
): void {
  if (!accepts(value)) throw new ToolError(`${field}: ${rule}`)
}

function computeCell({ compute }: TableFormula, given: ReadonlyMap<string, number>): number {
  const cell = compute((name) => given.get(name) ?? Number.NaN)
  return requireFinite(cell, 'fixed_params', 'use smaller amounts, rates or terms')
}
