import { errorResult } from '../../../src/errors.ts'
import { isRecord } from '../../../src/json.ts'
import type { CallResult, JsonSchema } from '../../../src/types.ts'
import { toJsonSchema, Unsupported } from '../../outside/schema/schema.ts'
import type { Check } from '../../outside/schema/validate.ts'
import { cleanLine } from '../../outside/text.ts'
import type { ApiResponse } from '../client/client.ts'
import { isJsonType, isTextType } from '../media-type.ts'
import { describeCuts, describeLess, fitJson } from './budget.ts'
import { cutToBytes, decodeText, parseAnswer, toResource } from './content.ts'
import { isExpectedType } from './expected-type.ts'
import { describeProblem } from './problem.ts'
import { loosenSchema, project } from './projection.ts'

const defaultMaxBytes = 256 * 1024
const maxBinaryBytes = 256 * 1024

/** How a JSON answer becomes an object: as it is, or as the one field `items` or `value`. */
type Wrap = 'none' | 'items' | 'value'

/** What is known of an operation beside the schema of its answer. */
export interface AnswerHints {
  /** `responses` of the operation, dereferenced. */
  readonly responses?: unknown
  /** Names of the tool's arguments. */
  readonly argumentNames?: readonly string[]
  /** The tool has the argument `fields` of `projectionArgument`. */
  readonly hasProjection?: boolean
  /** Of the JSON text of a result. */
  readonly maxBytes?: number
}

/** What a tool promises about its answers. */
export interface AnswerPlan extends AnswerHints {
  /** The published schema; undefined when nothing can be promised. */
  readonly outputSchema?: JsonSchema
  readonly promise?: { readonly wrap: Wrap; readonly check: Check }
}

/**
 * Plans the answers of an operation; the output schema is an object at the root as MCP wants it.
 * Undefined when there is neither a schema to promise nor anything else to know.
 */
export function planAnswer(
  schema: unknown,
  compile: (schema: JsonSchema) => Check,
  hints?: AnswerHints
): AnswerPlan | undefined {
  const promised = isRecord(schema) ? promise(schema, compile) : undefined
  if (!promised) return hints && Object.freeze({ ...hints })
  const { strict, wrap, check } = promised
  const outputSchema = hints?.hasProjection ? loosen(strict, wrap) : strict
  return Object.freeze({ ...hints, outputSchema, promise: Object.freeze({ wrap, check }) })
}

function promise(schema: Record<string, unknown>, compile: (schema: JsonSchema) => Check) {
  try {
    const body = toJsonSchema(schema, 'output')
    const wrap = wrapOf(body)
    const strict = Object.freeze(
      wrap === 'none' ? { type: 'object', ...body } : wrapSchema(schema, wrap)
    )
    return { wrap, strict, check: compile(strict) }
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

function loosen(strict: JsonSchema, wrap: Wrap): JsonSchema {
  const loose = loosenSchema(strict) as JsonSchema
  return Object.freeze(wrap === 'none' ? loose : { ...loose, required: [wrap] })
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

/** Turns an API's response into a result that a model can act on; `args` are those of the call. */
export function mapResponse(
  response: ApiResponse,
  plan: AnswerPlan | undefined,
  args?: unknown
): CallResult {
  const { status, retryAfterMs } = response
  if (status < 200 || status > 299) {
    const result = errorResult(describeProblem(response, plan?.responses))
    return retryAfterMs === undefined || status < 400
      ? result
      : { ...result, _meta: { 'portcullis/retryAfterMs': retryAfterMs } }
  }
  const result = mapSuccess(response, plan, args)
  return result.isError && response.isWrite ? addOutcome(result, status) : result
}

/** The API said yes: an answer that cannot be used must not make anybody write again. */
function addOutcome(result: CallResult, status: number): CallResult {
  const text = `The API accepted the request (${status}), so it has most likely taken effect: do not repeat it, read the present state first.`
  return { ...result, content: [{ type: 'text', text }, ...result.content] }
}

function mapSuccess(
  response: ApiResponse,
  plan: AnswerPlan | undefined,
  args: unknown
): CallResult {
  const { body, mediaType } = response
  if (body.length === 0) return plan?.promise ? errorResult(texts.empty) : success(texts.done)
  if (isJsonType(mediaType)) {
    const answer = parseAnswer(body)
    return answer ? mapJson(answer.value, plan, args) : errorResult(texts.notJson)
  }
  if (plan?.promise) return errorResult(texts.notJson)
  if (!isExpectedType(mediaType, plan?.responses)) return errorResult(texts.unexpected)
  return isTextType(mediaType) ? mapText(response, plan) : mapBinary(response)
}

const texts = {
  done: 'Done. The API answered without content.',
  empty:
    'The API answered without content, although its document promises some. Tell the operator.',
  notJson: 'The API did not answer with usable JSON. Tell the operator.',
  unexpected:
    'The API answered with a kind of content that its document does not name. Tell the operator.',
  tooLarge: 'The answer of the API is too large to return.',
  drift: 'The API answered, but not as its document says'
}

function mapJson(value: unknown, plan: AnswerPlan | undefined, args: unknown): CallResult {
  const { wrap, check } = plan?.promise ?? { wrap: naturalWrap(value), check: undefined }
  const whole = wrapValue(value, wrap)
  const maxBytes = plan?.maxBytes ?? defaultMaxBytes
  const problem = check?.(whole)[0]
  if (problem) return errorResult(describeDrift(problem, whole, maxBytes))
  const fields = plan?.hasProjection ? fieldsOf(args) : undefined
  if (!fields) return fitResult(whole, plan, maxBytes, [])
  const { value: picked, missing } = project(value, fields)
  return fitResult(wrapValue(picked, wrap), plan, maxBytes, missing)
}

function fitResult(
  whole: unknown,
  plan: AnswerPlan | undefined,
  maxBytes: number,
  missing: readonly string[]
): CallResult {
  const argumentNames = lessArgumentsOf(plan)
  const fitted = fitJson(whole, maxBytes)
  const isCut = fitted !== undefined && fitted.cuts.length > 0
  // MCP clients drop a result that breaks its output schema, as `minItems` can make of a cut one.
  const isBroken = isCut && !plan?.hasProjection && plan?.promise?.check(fitted.value).length
  if (!fitted || isBroken) return errorResult(`${texts.tooLarge} ${describeLess(argumentNames)}`)
  const structuredContent = fitted.value as Readonly<Record<string, unknown>>
  return success(JSON.stringify(structuredContent), structuredContent, [
    ...(isCut ? [describeCuts(fitted.cuts, argumentNames)] : []),
    ...(missing.length > 0 ? [describeMissing(missing)] : [])
  ])
}

function lessArgumentsOf(plan: AnswerPlan | undefined): readonly string[] {
  return [...(plan?.hasProjection ? ['fields'] : []), ...(plan?.argumentNames ?? [])]
}

function fieldsOf(args: unknown): readonly string[] | undefined {
  if (!isRecord(args) || !Object.hasOwn(args, 'fields') || !Array.isArray(args.fields)) {
    return undefined
  }
  return args.fields.filter((field): field is string => typeof field === 'string')
}

function describeMissing(missing: readonly string[]): string {
  const shown = missing.slice(0, 10).map((field) => cleanLine(field, 64))
  return `Not in the answer: ${shown.join(', ')}.`
}

function describeDrift(
  { field, message }: { readonly field: string; readonly message: string },
  whole: unknown,
  maxBytes: number
): string {
  const where = field ? `"${field}" ${message}` : message
  const shown = fitJson(whole, maxBytes)
  if (!shown) return `${texts.drift} (${where}).`
  const cut = shown.cuts.length > 0 ? ` ${describeCuts(shown.cuts, [])}` : ''
  return `${texts.drift} (${where}). It answered: ${JSON.stringify(shown.value)}${cut}`
}

function mapText(response: ApiResponse, plan: AnswerPlan | undefined): CallResult {
  const text = decodeText(response)
  const kept = cutToBytes(text, plan?.maxBytes ?? defaultMaxBytes)
  if (kept.length === text.length) return success(text)
  const left = `Not complete: ${text.length - kept.length} of ${text.length} characters were left out.`
  return success(kept, undefined, [`${left} ${describeLess(lessArgumentsOf(plan))}`])
}

function mapBinary(response: ApiResponse): CallResult {
  const { length } = response.body
  if (length <= maxBinaryBytes) return { content: [toResource(response)] }
  return errorResult(
    `The answer of the API is a file of ${length} bytes; at most ${maxBinaryBytes} can be returned.`
  )
}

function success(
  text: string,
  structuredContent?: Readonly<Record<string, unknown>>,
  notes: readonly string[] = []
): CallResult {
  const content = [text, ...notes].map((each) => ({ type: 'text' as const, text: each }))
  return { content, ...(structuredContent && { structuredContent }) }
}

function naturalWrap(value: unknown): Wrap {
  if (Array.isArray(value)) return 'items'
  return isRecord(value) ? 'none' : 'value'
}

function wrapValue(value: unknown, wrap: Wrap): Readonly<Record<string, unknown>> {
  if (wrap === 'none' && isRecord(value)) return value
  return wrap === 'items' ? { items: value } : { value }
}
