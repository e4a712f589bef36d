import { z } from 'zod'
import type {
  CallContext,
  InputRequired,
  JsonSchema,
  LoadedTool,
  Parsed,
  Rate,
  ToolAnnotations,
  ToolResult
} from './types.ts'

/**
 * An error whose text is meant for the model: what was wrong, which argument, what to do next.
 * Any other thrown error reaches the client as a generic text with the request id.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError'
}

/** By name: a module of tools may have been given another copy of this class. */
export function isToolError(error: unknown): error is ToolError {
  return error instanceof Error && error.name === 'ToolError'
}

type ObjectSchema = z.ZodObject<z.ZodRawShape>

/** Options of `defineTool`. Annotations default to those of a pure read-only function. */
export interface ToolOptions<Input extends ObjectSchema, Output extends ObjectSchema> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly input: Input
  /** When given, `run` returns the structured value; its text comes from `summary` or the JSON. */
  readonly output?: Output
  readonly annotations?: Partial<ToolAnnotations>
  readonly toolset?: string
  readonly scopes?: readonly string[]
  readonly timeoutMs?: number
  readonly limit?: Rate
  readonly sensitive?: readonly string[]
  /** A short text beside the structured value. */
  readonly summary?: (value: z.output<Output>) => string
  readonly run: (
    args: z.output<Input>,
    ctx: CallContext
  ) => RunResult<Output> | Promise<RunResult<Output>>
}

type RunResult<Output extends ObjectSchema> = z.input<Output> | string | InputRequiredResult

/** Wraps questions to the client so that they cannot be mistaken for a structured value. */
export interface InputRequiredResult {
  readonly inputRequired: InputRequired
}

const pureFunction: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false
}

/** Makes a tool from zod schemas and a function. The result is frozen and not generic. */
export function defineTool<Input extends ObjectSchema, Output extends ObjectSchema>(
  options: ToolOptions<Input, Output>
): LoadedTool {
  const { input, output, run, summary, annotations, ...rest } = options
  const strict = input.strict()
  return Object.freeze({
    toolset: 'custom',
    scopes: [],
    ...rest,
    annotations: Object.freeze({ ...pureFunction, ...annotations }),
    inputSchema: toJsonSchema(strict, 'input'),
    ...(output && { outputSchema: toJsonSchema(output, 'output') }),
    parse: (args: unknown) => parseWith(strict, args),
    run: async (value: unknown, ctx: CallContext) =>
      toToolResult(await run(value as z.output<Input>, ctx), output, summary)
  })
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io })
  return Object.freeze(json)
}

function parseWith(schema: z.ZodType, args: unknown): Parsed {
  const parsed = schema.safeParse(args ?? {})
  if (parsed.success) return { ok: true, value: parsed.data }
  const problems = parsed.error.issues.map((issue) => ({
    field: fieldName(issue.path),
    message: issue.message
  }))
  return { ok: false, problems }
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`
    return name === '' ? String(part) : `${name}.${String(part)}`
  }, '')
}

function toToolResult<Output extends ObjectSchema>(
  result: RunResult<Output>,
  output: Output | undefined,
  summary: ((value: z.output<Output>) => string) | undefined
): ToolResult {
  if (typeof result === 'string') return { content: [{ type: 'text', text: result }] }
  if (asksForInput(result)) return result.inputRequired
  if (!output) return { content: [{ type: 'text', text: JSON.stringify(result) }] }
  const value = output.parse(result)
  const text = summary ? summary(value) : JSON.stringify(value)
  return { content: [{ type: 'text', text }], structuredContent: value }
}

function asksForInput(result: object): result is InputRequiredResult {
  return 'inputRequired' in result
}
