import { setTimeout as delay } from 'node:timers/promises'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { Refusal } from '../src/errors.ts'
import { createStopped } from '../src/kill-switch.ts'
import { describeError } from '../src/log.ts'
import { type Caller, createBareContext } from './call-context.ts'
import { admitListener, type TakePlace } from './listening.ts'
import { createServerFactory, type Mcp } from './mcp.ts'
import {
  createMessageTransport,
  type MessageTransport,
  type MessageTransportOptions,
  type Wire
} from './message-transport.ts'
import { countUndispatched, findParamFault, isDispatched } from './params.ts'
import { modernRevision } from './revisions.ts'

export interface ConnectionOptions {
  readonly mcp: Mcp
  /** Whose connection it is. */
  readonly caller: Caller
  readonly wire: Wire
  readonly maxBytes: number
  readonly takePlace: TakePlace
}

export interface Connection
  extends Pick<MessageTransport, 'receive' | 'accept' | 'isInFlight' | 'endInput' | 'breakOff'> {
  /** Answers what is in flight, for at most `graceMs`, and lets go of the other end. */
  close(graceMs: number): Promise<void>
}

/**
 * Puts one connection, on which both sides may speak at any time, over the SDK's server: what
 * stdio, WebSocket and HTTP+SSE share. The first request decides the era.
 */
export function openConnection(options: ConnectionOptions): Connection {
  const { mcp, caller, wire, maxBytes } = options
  const transport = createMessageTransport(wire, {
    caller,
    maxBytes,
    modernVersions: [modernRevision],
    onRefuse: ({ code }) => mcp.metrics.countRequest('', code),
    screen: createScreen(options)
  })
  const factory = createServerFactory(mcp, {
    isConnection: true,
    // The SDK hands nothing on beside the message, so its id leads to whoever sent it.
    callerOf: ({ mcpReq }) => transport.callerOf(mcpReq.id)
  })
  const handle = serveStdio(factory, {
    transport,
    // Counted by `takePlace`, whose refusal says when to come back.
    maxSubscriptions: Number.POSITIVE_INFINITY,
    onerror: (error) => mcp.log.debug('connection', { error: describeError(error) })
  })
  const { receive, accept, isInFlight, endInput, breakOff } = transport
  return {
    receive,
    accept,
    isInFlight,
    endInput,
    breakOff,
    async close(graceMs) {
      // A broken pipe cannot be drained.
      const drained = transport.drain().then(() => wire.flush?.())
      await Promise.race([drained.catch(() => {}), delay(graceMs, undefined, { ref: false })])
      transport.abandon()
      await handle.close()
      await wire.flush?.().catch(() => {})
      wire.close?.()
    }
  }
}

function createScreen({ mcp, takePlace }: ConnectionOptions): MessageTransportOptions['screen'] {
  return ({ method, params }, isModern, sender) => {
    if (mcp.killSwitch.isStopped) return refuse(mcp, method, createStopped())
    const ctx = createBareContext(sender, mcp.log)
    if (!isDispatched(method)) {
      const limited = attempt(() => mcp.dispatcher.chargeUnknown(method, ctx))
      if (limited) return limited
    }
    const fault = findParamFault(method, params, isModern)
    if (fault !== undefined) return mcp.dispatcher.refuseMalformed(method, params, fault, ctx)
    const leave =
      method === 'subscriptions/listen'
        ? attempt(() => admitListener(mcp.dispatcher, takePlace, sender, params))
        : undefined
    if (leave instanceof Refusal) return refuse(mcp, method, leave)
    countUndispatched(mcp.metrics, method, isModern)
    return leave
  }
}

function refuse({ metrics }: Mcp, method: string, refusal: Refusal): Refusal {
  metrics.countRequest(method, refusal.code)
  return refusal
}

/** What `work` returns, or the Refusal that it throws. */
function attempt<T>(work: () => T): T | Refusal {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}
