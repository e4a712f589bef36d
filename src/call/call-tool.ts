import { auditContext } from '../audit.ts'
import { monotonicClock } from '../clock.ts'
import { isToolError } from '../define-tool.ts'
import { callTexts, errorResult, maybeDone, Refusal } from '../errors.ts'
import { refuseScopes } from '../identity/scope-challenge.ts'
import { findLackedScopes } from '../identity/visibility.ts'
import { chargeMethod, chargeTool, countRecorded, demandAudit, type Policy } from '../policy.ts'
import type { Registry } from '../registry.ts'
import type {
  CallContext,
  CallResult,
  DispatchContext,
  Outcome,
  Problem,
  ToolDefinition,
  ToolResult
} from '../types.ts'
import { converse } from './converse.ts'
import { logFailure, runGuarded } from './run.ts'

/** A call that was answered, if only with what is wrong. */
interface Answered {
  readonly outcome: Exclude<Outcome, 'unknown' | 'forbidden'>
  readonly result: ToolResult
}

/** A call of a tool that is not there, or not for this caller. */
interface Refused {
  readonly outcome: 'unknown' | 'forbidden'
  readonly refusal: Refusal
}

/** The tool that was found. */
interface Found {
  readonly tool?: ToolDefinition
}

interface Executed {
  /** What was called in the end, when the call named another tool. */
  readonly name: string
  /** What an upstream API answered with. */
  readonly upstreamStatus?: number
}

export type RefusedTool = Refused & Executed

/** How a call ended, for carriers with words of their own; `json` is the result. */
export type ExecutedTool = RefusedTool | (Answered & Executed & { readonly json: string })

/** `executeTool` for MCP: throws a Refusal, the same for unknown and hidden names. */
export async function callTool(
  registry: Registry,
  policy: Policy,
  name: string,
  args: unknown,
  ctx: DispatchContext
): Promise<ToolResult> {
  const executed = await executeTool(registry, policy, name, args, ctx)
  if ('refusal' in executed) throw executed.refusal
  return executed.result
}

/**
 * Every `tools/call`, from any transport: caller's rate → find → permitted → tool's rate → slot →
 * validate → deadline → run → size → audit.
 */
export async function executeTool(
  registry: Registry,
  policy: Policy,
  calledName: string,
  givenArgs: unknown,
  ctx: DispatchContext
): Promise<ExecutedTool> {
  demandAudit(policy, 'tools/call')
  const startedMs = monotonicClock()
  const { name, args } = registry.resolveCall({ name: calledName, args: givenArgs })
  const ended = await decide(registry, policy, name, args, ctx)
    .then((decided) => limitResult(policy, decided))
    // A result that cannot be read or serialised must not cost the audit line.
    .catch((error: unknown) => limitResult(policy, failUnseen(error, ctx)))
  const { outcome, tool, bytesOut } = ended
  const { upstreamStatus } = ctx.notes
  const upstream = upstreamStatus !== undefined && { upstreamStatus }
  const elapsedMs = monotonicClock() - startedMs
  policy.audit.record({
    event: 'TOOL_EXECUTE',
    outcome,
    ...auditContext(ctx),
    method: 'tools/call',
    tool: name,
    args: args ?? {},
    ...(tool?.sensitive && { sensitive: tool.sensitive }),
    bytesOut,
    durationMs: Math.round(elapsedMs * 1000) / 1000,
    ...upstream
  })
  const errorCode = 'refusal' in ended ? ended.refusal.code : undefined
  const isKnown = tool !== undefined || registry.tools.has(name)
  policy.metrics.countToolCall(isKnown ? name : undefined, outcome, elapsedMs)
  await countRecorded(policy, 'tools/call', errorCode, elapsedMs)
  // Field by field: this is the hot path, and taking the rest of an object is slow.
  if ('refusal' in ended) {
    return { outcome: ended.outcome, name, refusal: ended.refusal, ...upstream }
  }
  return { outcome: ended.outcome, name, result: ended.result, json: ended.json, ...upstream }
}

async function decide(
  registry: Registry,
  policy: Policy,
  name: string,
  args: unknown,
  ctx: DispatchContext
): Promise<(Answered | Refused) & Found> {
  // Awaited only when Redis has to be asked.
  const charged = chargeMethod(policy, 'tools/call', ctx)
  const waitMs = typeof charged === 'number' ? charged : await charged
  if (waitMs > 0) {
    policy.metrics.countLimited('method')
    return { outcome: 'limited', result: refuse('limited', waitMs) }
  }
  const tool = registry.tools.get(name)
  // The same words for unknown and hidden: a caller cannot probe for names.
  if (!tool) return { outcome: 'unknown', refusal: new Refusal('unknown_tool') }
  if (!registry.view(ctx.principal).tools.has(name)) {
    return { outcome: 'forbidden', refusal: new Refusal('unknown_tool'), tool }
  }
  const scopes = findLackedScopes(ctx.principal, tool)
  if (scopes) return { outcome: 'forbidden', refusal: refuseScopes(scopes), tool }
  const chargedTool = chargeTool(policy, tool, ctx)
  const toolWaitMs = typeof chargedTool === 'number' ? chargedTool : await chargedTool
  if (toolWaitMs > 0) {
    policy.metrics.countLimited('tool')
    return { outcome: 'limited', result: refuse('limited', toolWaitMs), tool }
  }
  return { ...(await run(policy, tool, args, ctx)), tool }
}

async function run(
  policy: Policy,
  tool: ToolDefinition,
  args: unknown,
  ctx: DispatchContext
): Promise<Answered> {
  const timeoutMs = tool.timeoutMs ?? policy.callTimeoutMs
  const settled = await converse<CallResult>(ctx, (round) =>
    runGuarded(policy.slots, timeoutMs, round, async (guarded) => {
      const given = tool.parse(args)
      const parsed = given instanceof Promise ? await given : given
      if (!parsed.ok) throw new ArgumentError(parsed.problems)
      return tool.run(parsed.value, guarded)
    })
  )
  if (settled.outcome === 'ok') {
    return { outcome: isError(settled.value) ? 'failed' : 'ok', result: settled.value }
  }
  if (settled.outcome === 'failed') return describeFailure(settled.error, tool, ctx)
  if (settled.outcome === 'busy') return { outcome: 'busy', result: refuse('busy', 1000) }
  return { outcome: settled.outcome, result: errorResult(stopText(tool, settled.outcome)) }
}

/** A stopped write may have been done. */
function stopText(tool: ToolDefinition, outcome: 'timeout' | 'cancelled'): string {
  if (tool.annotations.readOnlyHint) return callTexts[outcome]
  return `Outcome unknown: the call was stopped and ${maybeDone}`
}

/** Arguments that do not match the input schema. */
class ArgumentError extends Error {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super('invalid arguments')
    this.problems = problems
  }
}

function failUnseen(error: unknown, ctx: CallContext): Answered {
  logFailure(ctx, 'tools/call', error)
  const text = `${callTexts.failed} Request id: ${ctx.requestId}.`
  return { outcome: 'failed', result: errorResult(text) }
}

/** A thrown ToolError speaks to the model; anything else stays in the log under the request id. */
function describeFailure(error: unknown, tool: ToolDefinition, ctx: CallContext): Answered {
  if (error instanceof ArgumentError) {
    return { outcome: 'invalid', result: refuseArguments(tool, error.problems) }
  }
  if (isToolError(error)) return { outcome: 'failed', result: errorResult(error.message) }
  return failUnseen(error, ctx)
}

function refuseArguments(tool: ToolDefinition, problems: readonly Problem[]): CallResult {
  const list = problems
    .slice(0, 10)
    .map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
    .join('; ')
  return errorResult(
    `${callTexts.invalid} ${list}. Correct them as ${tool.name}'s input schema says and call again.`
  )
}

function refuse(outcome: 'limited' | 'busy', retryAfterMs: number): CallResult {
  return {
    ...errorResult(`${callTexts[outcome]} Retry after ${retryAfterMs} ms.`),
    _meta: { 'portcullis/retryAfterMs': retryAfterMs }
  }
}

/** `bytesOut`: the length of `json`. */
type Sized = Found & { readonly bytesOut: number } & (
    | Refused
    | (Answered & { readonly json: string })
  )

/** Serialised once: the length is judged here, and a carrier may send the text as it is. */
function limitResult(policy: Policy, ended: (Answered | Refused) & Found): Sized {
  if ('refusal' in ended) return { ...ended, bytesOut: 0 }
  const json = JSON.stringify(ended.result)
  const bytesOut = Buffer.byteLength(json)
  if (bytesOut <= policy.maxResultBytes) return { ...ended, json, bytesOut }
  const text = `${callTexts.too_large} The limit is ${policy.maxResultBytes} bytes.`
  const result = errorResult(text)
  const refused = JSON.stringify(result)
  return {
    ...ended,
    outcome: 'too_large',
    result,
    json: refused,
    bytesOut: Buffer.byteLength(refused)
  }
}

function isError(result: ToolResult): boolean {
  return 'isError' in result && result.isError === true
}
