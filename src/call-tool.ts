import { auditContext } from './audit.ts'
import { converse } from './converse.ts'
import { isToolError } from './define-tool.ts'
import { callTexts, Refusal } from './errors.ts'
import { monotonicClock } from './limit.ts'
import { chargeMethod, chargeTool, type Policy } from './policy.ts'
import type { Registry } from './registry.ts'
import { logFailure, runGuarded } from './run.ts'
import type {
  CallContext,
  CallResult,
  Outcome,
  Problem,
  ToolDefinition,
  ToolResult
} from './types.ts'

interface Ended {
  readonly outcome: Outcome
  readonly result?: ToolResult
  readonly tool?: ToolDefinition
}

/** How a call ended, for carriers with words of their own. */
export interface ExecutedTool {
  readonly outcome: Outcome
  /** Undefined for unknown and hidden names. */
  readonly result?: ToolResult
  /** What an upstream API answered with. */
  readonly upstreamStatus?: number
}

/** `executeTool` for MCP: throws a Refusal, the same for unknown and hidden names. */
export async function callTool(
  registry: Registry,
  policy: Policy,
  name: string,
  args: unknown,
  ctx: CallContext
): Promise<ToolResult> {
  const { result } = await executeTool(registry, policy, name, args, ctx)
  // The same words for unknown and hidden: a caller cannot probe for names.
  if (!result) throw new Refusal('unknown_tool')
  return result
}

/**
 * Every `tools/call`, from any transport: caller's rate → find → permitted → tool's rate → slot →
 * validate → deadline → run → size → audit.
 */
export async function executeTool(
  registry: Registry,
  policy: Policy,
  name: string,
  args: unknown,
  ctx: CallContext
): Promise<ExecutedTool> {
  policy.audit.demand()
  const startedMs = monotonicClock()
  let upstreamStatus: number | undefined
  const noteUpstream = (status: number): void => {
    upstreamStatus = status
  }
  const { outcome, result, tool, bytesOut } = await decide(registry, policy, name, args, {
    ...ctx,
    noteUpstream
  })
    .then((ended) => limitResult(policy, ended))
    // A result that cannot be read or serialised must not cost the audit line.
    .catch((error: unknown) => limitResult(policy, failUnseen(error, ctx)))
  policy.audit.record({
    event: 'TOOL_EXECUTE',
    outcome,
    ...auditContext(ctx),
    method: 'tools/call',
    tool: name,
    args: args ?? {},
    ...(tool?.sensitive && { sensitive: tool.sensitive }),
    bytesOut,
    durationMs: Math.round((monotonicClock() - startedMs) * 1000) / 1000,
    ...(upstreamStatus !== undefined && { upstreamStatus })
  })
  await policy.audit.written()
  return {
    outcome,
    ...(result && { result }),
    ...(upstreamStatus !== undefined && { upstreamStatus })
  }
}

async function decide(
  registry: Registry,
  policy: Policy,
  name: string,
  args: unknown,
  ctx: CallContext
): Promise<Ended> {
  const waitMs = chargeMethod(policy, 'tools/call', ctx)
  if (waitMs > 0) return { outcome: 'limited', result: refuse('limited', waitMs) }
  const tool = registry.tools.get(name)
  if (!tool) return { outcome: 'unknown' }
  if (!registry.view(ctx.principal).tools.has(name)) return { outcome: 'forbidden', tool }
  const toolWaitMs = chargeTool(policy, tool, ctx)
  if (toolWaitMs > 0) return { outcome: 'limited', result: refuse('limited', toolWaitMs), tool }
  return { ...(await run(policy, tool, args, ctx)), tool }
}

async function run(
  policy: Policy,
  tool: ToolDefinition,
  args: unknown,
  ctx: CallContext
): Promise<Ended> {
  const timeoutMs = tool.timeoutMs ?? policy.callTimeoutMs
  const settled = await converse<CallResult>(ctx, (round) =>
    runGuarded(policy.slots, timeoutMs, round, (guarded) => {
      const parsed = tool.parse(args)
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

/** A stopped write may have been done: nobody may be told that it failed. */
function stopText(tool: ToolDefinition, outcome: 'timeout' | 'cancelled'): string {
  if (tool.annotations.readOnlyHint) return callTexts[outcome]
  return (
    'Outcome unknown: the call was stopped and may or may not have taken effect. Do not repeat it ' +
    'blindly: read the present state first.'
  )
}

/** Arguments that do not match the input schema. */
class ArgumentError extends Error {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super('invalid arguments')
    this.problems = problems
  }
}

function failUnseen(error: unknown, ctx: CallContext): Ended {
  logFailure(ctx, 'tools/call', error)
  const text = `${callTexts.failed} Request id: ${ctx.requestId}.`
  return { outcome: 'failed', result: errorResult(text) }
}

/** A thrown ToolError speaks to the model; anything else stays in the log under the request id. */
function describeFailure(error: unknown, tool: ToolDefinition, ctx: CallContext): Ended {
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

function limitResult(policy: Policy, ended: Ended): Ended & { readonly bytesOut: number } {
  const { result } = ended
  if (!result) return { ...ended, bytesOut: 0 }
  const bytesOut = byteLength(result)
  if (bytesOut <= policy.maxResultBytes) return { ...ended, bytesOut }
  const text = `${callTexts.too_large} The limit is ${policy.maxResultBytes} bytes.`
  const refused = errorResult(text)
  return { ...ended, outcome: 'too_large', result: refused, bytesOut: byteLength(refused) }
}

function errorResult(text: string): CallResult {
  return { content: [{ type: 'text', text }], isError: true }
}

function isError(result: ToolResult): boolean {
  return 'isError' in result && result.isError === true
}

function byteLength(result: ToolResult): number {
  return Buffer.byteLength(JSON.stringify(result))
}
