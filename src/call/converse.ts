import { ToolError } from '../define-tool.ts'
import type { CallContext, DispatchContext, InputRequired } from '../types.ts'
import type { Settled } from './run.ts'

/** A server that asks more often than this is not talking to its user any more. */
const maxRounds = 10

/**
 * Runs rounds until one needs nothing from the client. Between rounds no slot is held and no
 * deadline runs: people take their time.
 */
export async function converse<T extends object>(
  ctx: DispatchContext,
  runRound: (ctx: DispatchContext) => Promise<Settled<T | InputRequired>>
): Promise<Settled<T | InputRequired>> {
  let current = ctx
  let open: InputRequired | undefined
  for (let round = 0; round < maxRounds; round++) {
    const settled = await runRound(current)
    if (settled.outcome !== 'ok' || !isInputRequired(settled.value)) return settled
    if (ctx.ask === 'by-result') return settled
    open = settled.value
    const { inputRequests = {}, state } = open
    try {
      current = { ...ctx, inputResponses: await ask(ctx, inputRequests), requestState: state }
    } catch (error) {
      open.abandon?.()
      return ctx.cancellation.cause ? { outcome: 'cancelled' } : { outcome: 'failed', error }
    }
  }
  open?.abandon?.()
  return { outcome: 'failed', error: new ToolError('The tool asked too many questions in a row.') }
}

async function ask(
  ctx: CallContext,
  requests: NonNullable<InputRequired['inputRequests']>
): Promise<Readonly<Record<string, unknown>>> {
  if (typeof ctx.ask !== 'function') {
    throw new ToolError(
      'This needs an answer from the user, and this connection cannot ask. Open a session with ' +
        'initialize, or use protocol revision 2026-07-28.'
    )
  }
  return ctx.ask(requests)
}

/** True for a result that asks the client something. */
export function isInputRequired(result: object): result is InputRequired {
  return 'inputRequests' in result || 'state' in result
}
