import { setTimeout as delay } from 'node:timers/promises'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { Refusal } from '../src/errors.ts'
import { createStopped } from '../src/kill-switch.ts'
import { describeError } from '../src/log.ts'
import type { CallContext, Principal } from '../src/types.ts'
import { type Caller, createBareContext } from './call-context.ts'
import { createLineTransport, type LineTransportOptions } from './line-transport.ts'
import { createServerFactory, type Mcp } from './mcp.ts'
import { countUndispatched, findParamFault, isDispatched } from './params.ts'

export interface LineServerOptions {
  readonly mcp: Mcp
  readonly principal: Principal
  readonly maxLineBytes: number
  readonly input: LineTransportOptions['input']
  readonly output: LineTransportOptions['output']
}

export interface LineServer {
  /** Resolves when the client has closed its end, with the error when a pipe broke. */
  readonly ended: Promise<Error | undefined>
  /** Answers what is in flight, for at most `graceMs`, and lets go of the pipes. */
  close(graceMs: number): Promise<void>
}

const modernVersions = ['2026-07-28']

/** Serves one client, one message per line, on any pair of streams. */
export function serveLines({ mcp, principal, ...streams }: LineServerOptions): LineServer {
  const caller: Caller = { principal, transport: 'stdio', canBeAsked: true }
  const transport = createLineTransport({
    ...streams,
    modernVersions,
    onRefuse: ({ code }) => mcp.metrics.countRequest('', code),
    screen: ({ method, params }, isModern) => {
      if (mcp.killSwitch.isStopped) return refuseStopped(mcp, method)
      const ctx = createBareContext(caller, mcp.log)
      if (!isDispatched(method)) {
        const limited = chargeOther(mcp, method, ctx)
        if (limited) return limited
      }
      const fault = findParamFault(method, params, isModern)
      if (fault !== undefined) return mcp.dispatcher.refuseMalformed(method, params, fault, ctx)
      countUndispatched(mcp.metrics, method, isModern)
      return undefined
    }
  })
  const factory = createServerFactory(mcp, { isConnection: true, callerOf: () => caller })
  const handle = serveStdio(factory, {
    transport,
    onerror: (error) => mcp.log.debug('stdio', { error: describeError(error) })
  })
  return {
    ended: transport.ended,
    async close(graceMs) {
      // A broken pipe cannot be drained; it has been reported by `ended`.
      const drained = transport.drain().catch(() => {})
      await Promise.race([drained, delay(graceMs, undefined, { ref: false })])
      transport.abandon()
      await handle.close()
      await transport.flush().catch(() => {})
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
