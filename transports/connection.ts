import { setTimeout as delay } from 'node:timers/promises'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { Refusal } from '../src/errors.ts'
import { createStopped } from '../src/kill-switch.ts'
import { describeError } from '../src/log.ts'
import type { CallContext } from '../src/types.ts'
import { type Caller, createBareContext } from './call-context.ts'
import { keepReadable } from './keep-readable.ts'
import { createServerFactory, type Mcp } from './mcp.ts'
import { createMessageTransport, type MessageTransport, type Wire } from './message-transport.ts'
import { countUndispatched, findParamFault, isDispatched } from './params.ts'
import { modernRevision } from './revisions.ts'

export interface ConnectionOptions {
  readonly mcp: Mcp
  /** Whose connection it is. */
  readonly caller: Caller
  readonly wire: Wire
  readonly maxBytes: number
}

export interface Connection
  extends Pick<MessageTransport, 'receive' | 'accept' | 'callerOf' | 'endInput' | 'breakOff'> {
  /** Answers what is in flight, for at most `graceMs`, and lets go of the other end. */
  close(graceMs: number): Promise<void>
}

/**
 * Puts one connection, on which both sides may speak at any time, over the SDK's server: what
 * stdio, WebSocket and HTTP+SSE share. The first request decides the era.
 */
export function openConnection({ mcp, caller, wire, maxBytes }: ConnectionOptions): Connection {
  const transport = createMessageTransport(wire, {
    caller,
    maxBytes,
    modernVersions: [modernRevision],
    onRefuse: ({ code }) => mcp.metrics.countRequest('', code),
    screen: ({ method, params }, isModern, sender) => {
      if (mcp.killSwitch.isStopped) return refuseStopped(mcp, method)
      const ctx = createBareContext(sender, mcp.log)
      if (!isDispatched(method)) {
        const limited = chargeOther(mcp, method, ctx)
        if (limited) return limited
      }
      const fault = findParamFault(method, params, isModern)
      if (fault !== undefined) return mcp.dispatcher.refuseMalformed(method, params, fault, ctx)
      countUndispatched(mcp.metrics, method, isModern)
      if (method === 'subscriptions/listen') keepReadable(mcp.dispatcher, sender.principal, params)
      return undefined
    }
  })
  const factory = createServerFactory(mcp, {
    isConnection: true,
    // The SDK hands nothing on beside the message, so its id leads to whoever sent it.
    callerOf: ({ mcpReq }) => transport.callerOf(mcpReq.id) ?? caller
  })
  const handle = serveStdio(factory, {
    transport,
    onerror: (error) => mcp.log.debug('connection', { error: describeError(error) })
  })
  const { receive, accept, callerOf, endInput, breakOff } = transport
  return {
    receive,
    accept,
    callerOf,
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

function refuseStopped({ metrics }: Mcp, method: string): Refusal {
  const refusal = createStopped()
  metrics.countRequest(method, refusal.code)
  return refusal
}

function chargeOther({ dispatcher }: Mcp, method: string, ctx: CallContext): Refusal | undefined {
  try {
    dispatcher.chargeUnknown(method, ctx)
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}
