import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Test } from 'tap'
import { ToolError } from '../../src/define-tool.ts'
import type { Source } from '../../src/source.ts'
import type { CallContext } from '../../src/types.ts'
import { createFinanceSource } from '../../tools/finance/source.ts'
import { silent } from './silent.ts'

export const source: Source = await createFinanceSource('all')

export const ctx: CallContext = {
  principal: { id: 'test', kind: 'local' },
  transport: 'stdio',
  requestId: '1',
  signal: new AbortController().signal,
  log: silent,
  progress() {},
  message() {}
}

export type Answer = Readonly<Record<string, unknown>>

/** How a call ended: a value that matches the output schema, a ToolError, or refused arguments. */
export type Ending =
  | { readonly kind: 'value'; readonly value: Answer; readonly text: string }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'invalid'; readonly fields: readonly string[] }

const ajv = new Ajv2020({ strict: false })
const tools = new Map(
  source.tools.map((tool) => [
    tool.name,
    { tool, matches: ajv.compile(tool.outputSchema ?? false) }
  ])
)

const noNumber = /NaN|Infinity/

/** Runs a tool as the dispatcher would. Throws when it throws anything but a ToolError, or breaks its schema. */
export async function endingOf(name: string, args: unknown): Promise<Ending> {
  const entry = tools.get(name)
  if (!entry) throw new Error(`no tool ${name}`)
  const parsed = await entry.tool.parse(args)
  if (!parsed.ok) return { kind: 'invalid', fields: parsed.problems.map(({ field }) => field) }
  try {
    const result = await entry.tool.run(parsed.value, ctx)
    if (!('content' in result) || !result.structuredContent) throw new Error(`${name}: no value`)
    const value = result.structuredContent
    if (!entry.matches(value)) throw new Error(`${name}: ${ajv.errorsText(entry.matches.errors)}`)
    requireFiniteNumbers(value, name)
    const block = result.content[0]
    const text = block?.type === 'text' ? String(block.text) : ''
    // A name that the caller gave may say so.
    const isEcho = noNumber.test(JSON.stringify(parsed.value))
    if (text === '' || (noNumber.test(text) && !isEcho)) throw new Error(`${name}: text ${text}`)
    return { kind: 'value', value, text }
  } catch (error) {
    if (error instanceof ToolError) return { kind: 'error', message: error.message }
    throw error
  }
}

function requireFiniteNumbers(value: unknown, path: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${path}: ${value}`)
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) requireFiniteNumbers(inner, `${path}.${key}`)
}

/** The structured value of a call that must succeed. */
export async function answerOf(name: string, args: unknown): Promise<Answer> {
  const ending = await endingOf(name, args)
  if (ending.kind === 'value') return ending.value
  throw new Error(`${name}: ${ending.kind} ${JSON.stringify(ending)}`)
}

/** One number of the structured value of a call that must succeed. */
export async function numberOf(name: string, args: unknown, field: string): Promise<number> {
  const value = (await answerOf(name, args))[field]
  if (typeof value !== 'number') throw new Error(`${name}: ${field} is no number`)
  return value
}

/** The message of a call that must end in a ToolError. */
export async function errorOf(name: string, args: unknown): Promise<string> {
  const ending = await endingOf(name, args)
  if (ending.kind === 'error') return ending.message
  throw new Error(`${name}: expected an error, got ${JSON.stringify(ending)}`)
}

/** Checks that these are the tools of a toolset, with these inputs. */
export function checkToolset(t: Test, toolset: string, inputs: ReadonlyMap<string, string>): void {
  const tools = source.tools.filter((tool) => tool.toolset === toolset)
  t.same(new Set(tools.map(({ name }) => name)), new Set(inputs.keys()))
  checkInputs(t, toolset, inputs)
}

/** Checks the inputs of some tools, and that they say what they are for. */
export function checkInputs(t: Test, toolset: string, inputs: ReadonlyMap<string, string>): void {
  for (const [name, fields] of inputs) {
    t.equal(signatureOf(name), `${toolset}(${fields})`, name)
    const { title = '', description = '' } = source.tools.find((tool) => tool.name === name) ?? {}
    t.ok(title.length > 3 && description.length > 60, `${name} is described`)
  }
}

/** Toolset and inputs of a tool, as the catalogue writes them: names in order, `?` when optional. */
function signatureOf(name: string): string {
  const tool = source.tools.find((each) => each.name === name)
  const required = (tool?.inputSchema.required ?? []) as string[]
  const names = Object.keys((tool?.inputSchema.properties ?? {}) as object)
  const inputs = names.map((field) => (required.includes(field) ? field : `${field}?`))
  return `${tool?.toolset}(${inputs.join(' ')})`
}

/** Whether two numbers agree to a relative accuracy (absolute below 1). */
export function isClose(actual: number, expected: number, accuracy: number): boolean {
  return Math.abs(actual - expected) <= accuracy * Math.max(1, Math.abs(expected))
}

/** A worked example: one number of one call. */
export interface Example {
  readonly tool: string
  readonly args: Answer
  readonly field: string
  readonly expected: number
  /** Half a unit of the last digit written. */
  readonly halfDigit: number
  /** What the line says after the number. */
  readonly origin: string
}

/** Reads the lines "tool {arguments} -> field number origin" of a text. */
export function parseExamples(text: string): Example[] {
  const lines = text.matchAll(/^ *(\w+) (\{.*\}) -> (\w+) ([-\d.]+)(.*)$/gm)
  return [...lines].map(([, tool = '', args = '', field = '', number = '', origin = '']) => {
    const decimals = number.split('.')[1]?.length ?? 0
    const halfDigit = 0.5 * 10 ** -decimals
    return { tool, args: JSON.parse(args), field, expected: Number(number), halfDigit, origin }
  })
}

/** Checks every line of a text of examples, each of which must be one. */
export async function checkExamples(t: Test, text: string): Promise<void> {
  const examples = parseExamples(text)
  t.equal(examples.length, text.trim().split('\n').length)
  for (const example of examples) {
    const { tool, args, field, origin } = example
    const actual = await numberOf(tool, args, field)
    t.ok(isAsWritten(example, actual), `${tool} ${field} ${origin}`, { actual, ...example })
  }
}

/** Whether a number is the one written, up to its last digit and the last bits of a double. */
export function isAsWritten({ expected, halfDigit }: Example, actual: number): boolean {
  return (
    Math.abs(actual - expected) <= halfDigit + 4 * Number.EPSILON * Math.max(1, Math.abs(expected))
  )
}
