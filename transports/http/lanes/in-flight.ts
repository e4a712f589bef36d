import type {
  RequestId,
  Transport,
  WebStandardStreamableHTTPServerTransport
} from '@modelcontextprotocol/server'
import { Refusal, type RefusalKind } from '../../../src/errors.ts'

/** Requests that are not over yet, each with those of its POST that will still be answered. */
export type InFlight = Map<RequestId, Set<RequestId>>

export interface Exchange {
  readonly transport: WebStandardStreamableHTTPServerTransport
  readonly inFlight: InFlight
}

/** Follows what `transport` answers; calls `onOver` when a request is over. */
export function trackInFlight(
  transport: WebStandardStreamableHTTPServerTransport,
  onOver: () => void = () => {}
): InFlight {
  const inFlight: InFlight = new Map()
  const send = transport.send.bind(transport)
  transport.send = async (message, options) => {
    try {
      await send(message, options)
    } finally {
      if (!('method' in message) && message.id !== undefined) {
        await settle({ transport, inFlight }, message.id)
        onOver()
      }
    }
  }
  return inFlight
}

/** The requests of one POST: their answers share a stream. */
export function addPost(inFlight: InFlight, ids: readonly RequestId[]): void {
  const awaited = new Set(ids)
  for (const id of ids) inFlight.set(id, awaited)
}

/** A cancelled request is never answered; its stream goes on for those that came with it. */
export async function cancelRequest(exchange: Exchange, id: RequestId): Promise<void> {
  const awaited = exchange.inFlight.get(id)
  if (awaited?.has(id)) await giveUp(exchange, id, awaited)
}

/** Answers all that still wait: the server ends. */
export async function abandon({ transport, inFlight }: Exchange): Promise<void> {
  for (const [id, awaited] of inFlight) {
    if (awaited.has(id)) await answerWith(transport, id, 'draining')
  }
}

/** What a request is told that gets no other answer; of no account when that is too late. */
export async function answerWith(
  transport: Pick<Transport, 'send'>,
  id: RequestId,
  kind: RefusalKind
): Promise<void> {
  const { code, message } = new Refusal(kind)
  await transport.send({ jsonrpc: '2.0', id, error: { code, message } }).catch(() => {})
}

async function settle(exchange: Exchange, id: RequestId): Promise<void> {
  const awaited = exchange.inFlight.get(id)
  exchange.inFlight.delete(id)
  if (awaited) await giveUp(exchange, id, awaited)
}

/** The last of a POST ends its stream, which would else stay open for those that were cancelled. */
async function giveUp(
  { transport, inFlight }: Exchange,
  id: RequestId,
  awaited: Set<RequestId>
): Promise<void> {
  awaited.delete(id)
  if (awaited.size > 0) return
  for (const [cancelled, others] of inFlight) {
    if (others !== awaited) continue
    inFlight.delete(cancelled)
    transport.closeSSEStream(cancelled)
    // Too late for the stream; it makes the SDK forget the request.
    await answerWith(transport, cancelled, 'cancelled')
  }
}
