import { STATUS_CODES } from 'node:http'
import { isRecord, parseJson } from '../../src/json.ts'
import type { CallResult, JsonSchema } from '../../src/types.ts'
import type { ApiResponse } from './client.ts'
import { toJsonSchema, Unsupported } from './schema.ts'
import { cleanLine } from './text.ts'
import type { Check } from './validate.ts'

const maxTitleChars = 200

/** How a JSON answer becomes an object: as it is, or as the one field `items` or `value`. */
type Wrap = 'none' | 'items' | 'value'

/** What a tool promises about its answers. */
export interface AnswerPlan {
  readonly wrap: Wrap
  readonly outputSchema: JsonSchema
  readonly check: Check
}

/**
 * Plans the output schema, an object at the root as MCP wants it. Undefined when the document
 * declares nothing that can be promised.
 */
export function planAnswer(
  schema: unknown,
  compile: (schema: JsonSchema) => Check
): AnswerPlan | undefined {
  if (!isRecord(schema)) return undefined
  try {
    const body = toJsonSchema(schema, 'output')
    const wrap = wrapOf(body)
    const outputSchema = Object.freeze(
      wrap === 'none' ? { type: 'object', ...body } : wrapSchema(schema, wrap)
    )
    return Object.freeze({ wrap, outputSchema, check: compile(outputSchema) })
  } catch (error) {
    // A promise we cannot publish or check is not made; the answer itself still comes through.
    if (error instanceof Unsupported) return undefined
    throw error
  }
}

function wrapSchema(schema: unknown, wrap: 'items' | 'value'): JsonSchema {
  const whole = { type: 'object', properties: { [wrap]: schema }, required: [wrap] }
  return toJsonSchema(whole, 'output')
}

function wrapOf(schema: JsonSchema): Wrap {
  if (schema.type === 'array') return 'items'
  return isObjectOnly(schema) ? 'none' : 'value'
}

function isObjectOnly(schema: unknown): boolean {
  if (!isRecord(schema)) return false
  if (schema.type !== undefined) return schema.type === 'object'
  if (Array.isArray(schema.allOf)) return schema.allOf.some(isObjectOnly)
  const branches = schema.anyOf ?? schema.oneOf
  if (Array.isArray(branches)) return branches.every(isObjectOnly)
  return isRecord(schema.properties)
}

/** Turns an API's response into a result that a model can act on. */
export function mapResponse(response: ApiResponse, plan: AnswerPlan | undefined): CallResult {
  const { status, body } = response
  if (status < 200 || status > 299) return failure(describeFailure(response))
  if (body.length === 0) return plan ? failure(texts.empty) : success(texts.done)
  const answer = isJson(response.mediaType) ? parseAnswer(body) : undefined
  if (answer === undefined) return failure(texts.notJson)
  const structuredContent = wrapValue(answer.value, plan?.wrap ?? naturalWrap(answer.value))
  const problems = plan?.check(structuredContent) ?? []
  if (problems.length === 0) return success(JSON.stringify(structuredContent), structuredContent)
  // MCP clients drop a result that breaks its output schema: say so, and keep the answer readable.
  const [first] = problems
  const where = first?.field ? `"${first.field}" ${first.message}` : (first?.message ?? '')
  return failure(`${texts.drift} (${where}). It answered: ${JSON.stringify(structuredContent)}`)
}

const texts = {
  done: 'Done. The API answered without content.',
  empty:
    'The API answered without content, although its document promises some. Tell the operator.',
  notJson: 'The API did not answer with usable JSON. Try again later, or tell the operator.',
  drift: 'The API answered, but not as its document says'
}

function success(text: string, structuredContent?: Readonly<Record<string, unknown>>): CallResult {
  return { content: [{ type: 'text', text }], ...(structuredContent && { structuredContent }) }
}

function failure(text: string): CallResult {
  return { content: [{ type: 'text', text }], isError: true }
}

function isJson(mediaType: string): boolean {
  return mediaType === 'application/json' || /^application\/[\w.+-]+\+json$/.test(mediaType)
}

function parseAnswer(body: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body)) }
  } catch {
    return undefined
  }
}

function naturalWrap(value: unknown): Wrap {
  if (Array.isArray(value)) return 'items'
  return isRecord(value) ? 'none' : 'value'
}

function wrapValue(value: unknown, wrap: Wrap): Readonly<Record<string, unknown>> {
  if (wrap === 'none' && isRecord(value)) return value
  return wrap === 'items' ? { items: value } : { value }
}

/** Status, title and advice; nothing else of the body, since it may hold a stack or an address. */
function describeFailure(response: ApiResponse): string {
  const { status } = response
  const phrase = STATUS_CODES[status] ?? 'unknown status'
  const title = problemTitle(response)
  return `The API answered ${status} (${phrase})${title && `: ${title}`}. ${adviceFor(status)}`
}

/** The `title` of an RFC 9457 problem: text for people, the same for every occurrence. */
function problemTitle({ mediaType, body }: ApiResponse): string {
  if (mediaType !== 'application/problem+json') return ''
  const problem = parseAnswer(body)?.value
  const title = isRecord(problem) ? cleanLine(problem.title, maxTitleChars) : ''
  // A careless API puts its exception there: addresses, paths and stack lines stay inside.
  return /:\/\/|\d+\.\d+\.\d+\.\d+|[\\/]\w+[\\/]|\bat .+:\d+/.test(title)
    ? ''
    : title.replace(/\.$/, '')
}

const advice: ReadonlyMap<number, string> = new Map([
  [401, 'The credential of this server was not accepted: do not retry, tell the operator.'],
  [403, 'The credential of this server does not allow this: do not retry, tell the operator.'],
  [404, 'Nothing is there for these arguments: check the ids, for example with a list tool.'],
  [408, 'Try again, or ask for less.'],
  [409, 'It conflicts with the present state: read the current data before trying again.'],
  [410, 'What was asked for is gone for good: do not retry.'],
  [429, 'The API wants fewer calls: wait before calling again.']
])

function adviceFor(status: number): string {
  const known = advice.get(status)
  if (known) return known
  if (status >= 500) return 'The API failed: try again later; if it stays so, tell the operator.'
  if (status >= 400) return 'Check the arguments against the description of the tool.'
  return 'Redirects are not followed: tell the operator to correct the base URL.'
}
