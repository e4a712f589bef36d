import { randomUUID } from 'node:crypto'
import { ToolError } from '../../../../src/define-tool.ts'
import { callerKey } from '../../../../src/identity/caller-key.ts'
import { isRecord } from '../../../../src/json.ts'
import type { CallContext, InputRequired } from '../../../../src/types.ts'
import type { Message, UpstreamConnection } from '../../connection.ts'
import { type Conversation, type Forwarded, startConversation } from './conversation.ts'
import { readQuestions } from './question.ts'

/** People take their time; as long as the state that leads back here is valid. */
const answerTimeoutMs = 600_000
const maxParked = 1000
const maxParkedPerCaller = 20

/**
 * Passes a request on and what the server asks meanwhile back, round by round. A 2026-era server
 * asks by its result, and its state travels in ours. A 2025-era server asks while the call goes on:
 * the call is parked until the next round brings the answers.
 */
export interface Conversations {
  forward(request: Forwarded, ctx: CallContext): Promise<Round>
  /** Ends what is parked. */
  close(): void
}

/** How far a request came: to its result, as the server wrote it, or to a question. */
export type Round = { readonly result: Message } | { readonly question: InputRequired }

/** A call that waits for answers. */
interface Parked {
  readonly owner: string
  readonly conversation: Conversation
  readonly timer: NodeJS.Timeout
}

export function createConversations(connection: UpstreamConnection): Conversations {
  const parked = new Map<string, Parked>()

  function take(id: string, owner: string): Conversation {
    const found = parked.get(id)
    if (found?.owner !== owner) {
      throw new ToolError('The question is no longer open. Call again from the start.')
    }
    parked.delete(id)
    clearTimeout(found.timer)
    return found.conversation
  }

  function park(
    conversation: Conversation,
    owner: string
  ): { readonly id: string; abandon(): void } {
    const own = [...parked.values()].filter((each) => each.owner === owner)
    if (parked.size >= maxParked || own.length >= maxParkedPerCaller) {
      conversation.stop()
      throw new ToolError('Too many questions are open. Answer some of them, then call again.')
    }
    const id = randomUUID()
    const abandon = (): void => {
      const found = parked.get(id)
      if (!found) return
      parked.delete(id)
      clearTimeout(found.timer)
      conversation.stop()
    }
    const timer = setTimeout(abandon, answerTimeoutMs)
    timer.unref()
    parked.set(id, { owner, conversation, timer })
    return { id, abandon }
  }

  return Object.freeze({
    async forward(request, ctx) {
      const owner = callerKey(ctx)
      const state = readState(ctx.requestState)
      const conversation =
        'parked' in state
          ? take(state.parked, owner)
          : startConversation(connection, resume(request, state, ctx), ctx, owner)
      if ('parked' in state) conversation.answer(ctx.inputResponses ?? {})
      const end = await conversation.next(ctx)
      if ('result' in end) {
        const question = readQuestions(end.result, connection.name, ctx)
        return question ? { question } : end
      }
      const { id, abandon } = park(conversation, owner)
      return { question: { ...end, state: { parked: id }, abandon } }
    },
    close() {
      for (const { conversation, timer } of parked.values()) {
        clearTimeout(timer)
        conversation.stop()
      }
      parked.clear()
    }
  } satisfies Conversations)
}

type State = { readonly parked: string } | { readonly upstream?: unknown }

/** Ours, so of a known shape; the server's own state is in it as it came. */
function readState(state: unknown): State {
  return isRecord(state) ? (state as State) : {}
}

/** With the answers to what the server asked by its last result. */
function resume(
  request: Forwarded,
  { upstream }: { readonly upstream?: unknown },
  { inputResponses }: CallContext
): Forwarded {
  if (upstream === undefined && !inputResponses) return request
  const params = {
    ...request.params,
    ...(inputResponses && { inputResponses }),
    ...(upstream !== undefined && { requestState: upstream })
  }
  return { ...request, params }
}
