import type { RefusalKind } from '../../../../src/errors.ts'
import type { CallContext, InputRequired, Suggest } from '../../../../src/types.ts'
import type { ForwardedMethod, Message } from '../../connection.ts'
import { findUpstreamError, refuseReading } from '../answer/failure.ts'
import { readCompletion } from '../answer/result.ts'
import type { Place } from '../place.ts'

interface Reading<T> {
  readonly method: ForwardedMethod
  readonly params: Message
  /** What the client hears when the server knows no such thing. */
  readonly unknown: RefusalKind
  readonly map: (result: Message) => T
}

/** Passes on what is refused by a JSON-RPC error: reading a resource, getting a prompt. */
export async function read<T>(
  { method, params, unknown, map }: Reading<T>,
  { conversations, connection, log }: Omit<Place, 'compile'>,
  ctx: CallContext
): Promise<T | InputRequired> {
  const whole = { ...params, ...(ctx.meta && { _meta: ctx.meta }) }
  try {
    const round = await conversations.forward({ method, params: whole }, ctx)
    return 'question' in round ? round.question : map(round.result)
  } catch (error) {
    const failure = ctx.signal.aborted ? undefined : findUpstreamError(error, connection.name)
    if (!failure) throw error
    log.info('upstream request failed', {
      request_id: ctx.requestId,
      server: connection.name,
      method,
      fault: failure.fault,
      error: error as Error
    })
    throw refuseReading(failure, unknown)
  }
}

/** Asks the server for suggestions. */
export function createSuggest(ref: Message, place: Place): Suggest {
  const unknown = ref.type === 'ref/prompt' ? 'unknown_prompt' : 'unknown_resource'
  const none = { values: [] }
  return async ({ name, value, context }, ctx) => {
    const argument = { name, value }
    const params = { ref, argument, ...(context && { context }) }
    const map = readCompletion
    const found = await read({ method: 'completion/complete', params, unknown, map }, place, ctx)
    if ('values' in found) return found
    // Nobody is asked for a suggestion; what waits for the answer would wait in vain.
    found.abandon?.()
    return none
  }
}
