import type { z } from 'zod'
import { defineTool, ToolError } from '../../src/define-tool.ts'
import { isRecord } from '../../src/json.ts'
import type { JsonSchema, ToolDefinition } from '../../src/types.ts'

/** Arguments as a tool takes them. */
export type Arguments = Readonly<Record<string, unknown>>

/** Turns a tool of the document into the one that is served. */
export type Step = (tool: ToolDefinition) => ToolDefinition

const idText = '^[1-9][0-9]{0,14}$'

/**
 * Takes these arguments and no others of the operation. Ids that the API counts may also come as
 * text, since callers of the former server send them so.
 */
export function takeOnly(...names: readonly string[]): Step {
  return (tool) => {
    const declared = isRecord(tool.inputSchema.properties) ? tool.inputSchema.properties : {}
    const properties = names.map((name) => [name, acceptText(name, declared[name])] as const)
    const required = listOf(tool.inputSchema.required).filter((name) => names.includes(name))
    const inputSchema = {
      ...tool.inputSchema,
      properties: Object.fromEntries(properties),
      required
    }
    return Object.freeze({
      ...tool,
      inputSchema: Object.freeze(inputSchema),
      parse: (args: unknown) => {
        if (!isRecord(args)) return tool.parse(args)
        const unknown = Object.keys(args).find((name) => !names.includes(name))
        if (unknown !== undefined) {
          const field = unknown.slice(0, 64)
          return { ok: false as const, problems: [{ field, message: 'is not declared' }] }
        }
        return tool.parse(Object.fromEntries(Object.entries(args).map(readId)))
      }
    })
  }
}

function acceptText(name: string, schema: unknown): unknown {
  if (!name.endsWith('_id') || !isRecord(schema) || schema.type !== 'integer') return schema
  const { type: _, ...rest } = schema
  return { ...rest, type: ['integer', 'string'], pattern: idText }
}

function readId([name, value]: readonly [string, unknown]): readonly [string, unknown] {
  const isText = typeof value === 'string' && new RegExp(idText).test(value)
  return [name, isText && countedIds.has(name) ? Number(value) : value]
}

/** `company_id` and `event_log_id` stay texts, whatever they look like. */
const countedIds: ReadonlySet<string> = new Set([
  'person_id',
  'location_id',
  'area_id',
  'schedule_id'
])

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value : []
}

/** Takes arguments of its own form and turns them into those of the operation. */
export function takeInstead<Input extends z.ZodObject<z.ZodRawShape>>(
  input: Input,
  toInner: (args: z.output<Input>) => Arguments
): Step {
  return (tool) => {
    const { name, title, description } = tool
    // Only for its schema and its parser; what runs is the tool of the document.
    const { inputSchema, parse } = defineTool({ name, title, description, input, run: () => '' })
    return Object.freeze({
      ...tool,
      inputSchema,
      parse,
      run: async (value, ctx) => {
        const parsed = await tool.parse(toInner(value as z.output<Input>))
        if (parsed.ok) return tool.run(parsed.value, ctx)
        const problems = parsed.problems.map(({ field, message }) => `${field}: ${message}`)
        throw new ToolError(`The API would not take this: ${problems.join('; ')}.`)
      }
    } satisfies ToolDefinition)
  }
}

/** A field of the answer's schema, such as the entries of a list. */
export function fieldSchema(schema: JsonSchema | undefined, name: string): unknown {
  const properties = isRecord(schema?.properties) ? schema.properties : {}
  return properties[name] ?? {}
}
