import { ToolError } from '../../src/define-tool.ts'
import { isRecord } from '../../src/json.ts'
import type { CallResult, JsonSchema, ToolDefinition } from '../../src/types.ts'
import { type Arguments, fieldSchema, type Step } from './arguments.ts'

type Fields = Readonly<Record<string, unknown>>

/** How an answer of the API becomes the answer of a tool. */
interface Answering {
  /** Properties of the answer; `timestamp` is added. */
  readonly properties: (answer: JsonSchema | undefined) => Fields
  readonly required: readonly string[]
  readonly build: (args: Arguments, answer: Fields, isCut: boolean) => Fields
  /** The answer when the API says 404; without it that is an error. */
  readonly missing?: (args: Arguments) => Fields
}

const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }

/** Gives the answer another form; errors pass as they are. */
function answerAs({ properties, required, build, missing }: Answering): Step {
  return (tool) => {
    const outputSchema = Object.freeze({
      type: 'object',
      properties: {
        ...properties(tool.outputSchema),
        timestamp: { type: 'string', format: 'date-time' }
      },
      required: [...required, 'timestamp']
    })
    return Object.freeze({
      ...tool,
      outputSchema,
      run: async (value, ctx) => {
        const result = await tool.run(value, ctx)
        if (!('content' in result)) return result
        const args = isRecord(value) ? value : {}
        if (result.isError) return missing && isNotFound(result) ? succeed(missing(args)) : result
        const [, ...notes] = result.content
        return succeed(build(args, result.structuredContent ?? {}, notes.length > 0), notes)
      }
    } satisfies ToolDefinition)
  }
}

function succeed(fields: Fields, notes: CallResult['content'] = []): CallResult {
  const structuredContent = { ...fields, timestamp: new Date().toISOString() }
  const content = [{ type: 'text', text: JSON.stringify(structuredContent) }, ...notes]
  return { content, structuredContent }
}

function isNotFound({ content }: CallResult): boolean {
  return /^The API answered 404\b/.test(String(content[0]?.text))
}

function itemsOf({ items }: Fields): readonly unknown[] {
  return Array.isArray(items) ? items : []
}

interface ListAnswer {
  /** Arguments that are told again. */
  readonly ids: readonly string[]
  readonly total: string
  readonly list: string
  /** Entries that belong to the answer; all of them, when left out. */
  readonly keep?: (entry: Fields, args: Arguments) => boolean
  /** Told beside an empty list when the API says 404. */
  readonly missing?: Fields
}

/** A list with its length and the ids that were asked for. */
export function answerList({ ids, total, list, keep, missing }: ListAnswer): Step {
  const given = (args: Arguments) => Object.fromEntries(ids.map((id) => [id, args[id]]))
  return answerAs({
    properties: (answer) => ({
      ...Object.fromEntries(ids.map((id) => [id, { type: ['string', 'integer'] }])),
      [total]: count,
      [list]: fieldSchema(answer, 'items'),
      ...(missing && Object.fromEntries(Object.keys(missing).map((name) => [name, text])))
    }),
    required: [...ids, total, list],
    build: (args, answer, isCut) => {
      // A number counted from a part of the entries would be wrong, and look right.
      if (isCut) throw new ToolError(tooMany)
      const items = itemsOf(answer).filter((item) => !keep || (isRecord(item) && keep(item, args)))
      return { ...given(args), [total]: items.length, [list]: items }
    },
    ...(missing && {
      missing: (args: Arguments) => ({ ...given(args), [total]: 0, [list]: [], ...missing })
    })
  })
}

const tooMany =
  'The API has more of these than fit into one answer, so they cannot be counted. Ask for a shorter period, or use get_schedules_paged.'

/** A page: the field of the answer that each field comes from. */
export function answerPage(fields: Readonly<Record<string, string>>): Step {
  const entries = Object.entries(fields)
  return answerAs({
    properties: (answer) => ({
      company_id: text,
      ...Object.fromEntries(entries.map(([name, from]) => [name, fieldSchema(answer, from)]))
    }),
    required: ['company_id', ...entries.map(([name]) => name)],
    build: (args, answer) => ({
      company_id: args.company_id,
      ...Object.fromEntries(entries.map(([name, from]) => [name, answer[from]]))
    })
  })
}
