import { isRecord } from '../../../../src/json.ts'
import type {
  CallContext,
  ToolAnnotations,
  ToolDefinition,
  ToolResult
} from '../../../../src/types.ts'
import type { Check } from '../../../outside/schema/validate.ts'
import { cleanLine, cleanText } from '../../../outside/text.ts'
import type { Message } from '../../connection.ts'
import { describeFailure, findUpstreamError } from '../answer/failure.ts'
import { readCallResult } from '../answer/result.ts'
import type { Place } from '../place.ts'
import { readInputSchema, readOutputSchema } from './schema.ts'

const maxTitleChars = 200
const maxDescriptionChars = 4000

/** Makes our tool of a server's. Throws Unsupported with the reason when it cannot be offered. */
export function makeTool(raw: Message, original: string, place: Place): ToolDefinition {
  const { names, compile, timeoutMs } = place
  const inputSchema = readInputSchema(raw.inputSchema)
  const outputSchema = readOutputSchema(raw.outputSchema)
  const check = compile(inputSchema)
  const checkOutput = outputSchema && compile(outputSchema)
  const annotations = readAnnotations(raw.annotations)
  return Object.freeze({
    name: names.nameOf(original),
    title: titleOf(raw, original),
    description: cleanText(raw.description, maxDescriptionChars),
    inputSchema,
    ...(outputSchema && { outputSchema }),
    annotations,
    toolset: names.slug,
    scopes: [],
    ...(timeoutMs !== undefined && { timeoutMs }),
    parse: (args: unknown) => {
      const problems = check(args ?? {})
      return problems.length === 0 ? { ok: true, value: args ?? {} } : { ok: false, problems }
    },
    run: (value: unknown, ctx: CallContext) =>
      callTool({ raw, original, annotations, checkOutput }, place, value, ctx)
  } satisfies ToolDefinition)
}

interface Called {
  readonly raw: Message
  readonly original: string
  readonly annotations: ToolAnnotations
  readonly checkOutput: Check | undefined
}

async function callTool(
  { raw, original, annotations, checkOutput }: Called,
  { names, conversations, connection, log }: Place,
  value: unknown,
  ctx: CallContext
): Promise<ToolResult> {
  const params = { name: original, arguments: value, ...(ctx.meta && { _meta: ctx.meta }) }
  try {
    const round = await conversations.forward({ method: 'tools/call', params, tool: raw }, ctx)
    return 'question' in round ? round.question : readCallResult(round.result, names, checkOutput)
  } catch (error) {
    if (ctx.signal.aborted) throw error
    const failure = findUpstreamError(error, connection.name)
    if (!failure) throw error
    log.info('upstream call failed', {
      request_id: ctx.requestId,
      server: connection.name,
      fault: failure.fault,
      error: error as Error
    })
    return describeFailure(failure, annotations.readOnlyHint)
  }
}

export function titleOf(raw: Message, name: string): string {
  const { annotations, title } = raw
  const own = isRecord(annotations) ? annotations.title : undefined
  return cleanLine(title, maxTitleChars) || cleanLine(own, maxTitleChars) || cleanLine(name, 64)
}

/** What a server does not say about a tool is assumed to be the worst. */
function readAnnotations(raw: unknown): ToolAnnotations {
  const hints = isRecord(raw) ? raw : {}
  const isRead = hints.readOnlyHint === true
  return Object.freeze({
    readOnlyHint: isRead,
    destructiveHint: !isRead && hints.destructiveHint !== false,
    idempotentHint: hints.idempotentHint === true,
    openWorldHint: hints.openWorldHint !== false
  })
}
