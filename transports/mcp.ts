import {
  inputRequired,
  type McpRequestContext,
  ProtocolError,
  type Result,
  Server,
  type ServerContext
} from '@modelcontextprotocol/server'
import type { Alerts } from '../src/alerts.ts'
import { isInputRequired } from '../src/call/converse.ts'
import { logFailure } from '../src/call/run.ts'
import type { ChangeEvent, Changes } from '../src/changes.ts'
import type { Dispatcher } from '../src/dispatch.ts'
import { Refusal, toRefusal } from '../src/errors.ts'
import type { KillSwitch } from '../src/kill-switch.ts'
import { describeError } from '../src/log.ts'
import type { Metrics } from '../src/metrics.ts'
import type { DispatchContext, InputRequired, Log } from '../src/types.ts'
import { type Caller, createCallContext } from './call-context.ts'
import { createMethods, createSubscriptions } from './methods.ts'
import type { RequestState, Target } from './request-state.ts'

/** What every transport serves. */
export interface Mcp {
  readonly dispatcher: Dispatcher
  readonly changes: Changes
  readonly requestState: RequestState
  readonly log: Log
  readonly version: string
  readonly alerts: Alerts
  readonly killSwitch: KillSwitch
  readonly metrics: Metrics
}

export interface FactoryOptions {
  /** A connection outlives one request, so it hears of changes by itself. */
  readonly isConnection: boolean
  /** Who is calling; over HTTP it travels with each request. */
  callerOf(sdk: ServerContext): Caller
}

interface MethodCall {
  readonly method: string
  readonly params?: Readonly<Record<string, unknown>>
}

const capabilities = {
  tools: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  prompts: { listChanged: true },
  completions: {},
  logging: {}
}

/** How the server names itself. */
export function serverInfo(version: string): { name: string; title: string; version: string } {
  return { name: 'portcullis', title: 'Portcullis', version }
}

/** Makes the SDK's server factory: thin handlers that hand every request to the dispatcher. */
export function createServerFactory(
  mcp: Mcp,
  options: FactoryOptions
): (context: McpRequestContext) => Server {
  const methods = createMethods(mcp.dispatcher)
  return ({ era }: McpRequestContext) => {
    const server = new Server(serverInfo(mcp.version), {
      capabilities,
      requestState: { verify: mcp.requestState.verify },
      // Questions within a call are the dispatcher's: one slot, one charge, one audit line.
      inputRequired: { legacyShim: false }
    })
    const subscriptions = createSubscriptions()
    // One for all methods: each idle session would else hold a function per method.
    const handle = ({ method, params = {} }: MethodCall, sdk: ServerContext): Promise<never> => {
      const caller = options.callerOf(sdk)
      const negotiated = {
        era,
        version: server.getNegotiatedProtocolVersion(),
        capabilities: server.getClientCapabilities()
      }
      const ctx = createCallContext(sdk, caller, negotiated, mcp.log)
      return answer(mcp, sdk, { ctx, method, params }, (opened) => {
        if (caller.settled) return caller.settled
        const serve = methods.get(method)
        if (!serve) throw new Refusal('not_found')
        return serve(params, opened, subscriptions)
      })
    }
    // The SDK types each method by its name; the table of methods is typed as one.
    for (const method of methods.keys()) server.setRequestHandler(method as 'tools/call', handle)
    if (options.isConnection) announceChanges(server, mcp, era, subscriptions.uris)
    return server
  }
}

/** Nothing but a refusal's own text leaves here; the SDK would send any thrown message. */
async function answer(
  { dispatcher, requestState }: Mcp,
  sdk: ServerContext,
  target: Target & { readonly ctx: DispatchContext },
  work: (ctx: DispatchContext) => object | Promise<object>
): Promise<never> {
  const { ctx, method } = target
  try {
    const sealed = sdk.mcpReq.requestState()
    const opened = sealed === undefined ? {} : requestState.open(sealed, target)
    if (opened === 'wrong') {
      throw dispatcher.refuseMalformed(
        method,
        target.params,
        'requestState is not valid here.',
        ctx
      )
    }
    const state = 'state' in opened ? { requestState: opened.state } : {}
    const result = await work({ ...ctx, ...state })
    return (isInputRequired(result) ? await ask(requestState, result, target) : result) as never
  } catch (error) {
    if (!(error instanceof Refusal)) logFailure(ctx, method, error)
    const refusal = toRefusal(error, ctx.requestId)
    throw new ProtocolError(refusal.code, refusal.message, refusal.data)
  }
}

async function ask(
  requestState: RequestState,
  { inputRequests, state }: InputRequired,
  target: Target
): Promise<Result> {
  return inputRequired({
    ...(inputRequests && { inputRequests: inputRequests as never }),
    ...(state !== undefined && { requestState: await requestState.seal(state, target) })
  })
}

function announceChanges(
  server: Server,
  { changes, log }: Mcp,
  era: McpRequestContext['era'],
  subscribed: ReadonlySet<string>
): void {
  const send = async (event: ChangeEvent): Promise<void> => {
    if (event.kind === 'tools') await server.sendToolListChanged()
    if (event.kind === 'prompts') await server.sendPromptListChanged()
    if (event.kind === 'resources') await server.sendResourceListChanged()
    // In 2026-07-28 the SDK's listen router keeps the subscriptions and filters.
    if (event.kind === 'resource' && (era === 'modern' || subscribed.has(event.uri))) {
      await server.sendResourceUpdated({ uri: event.uri })
    }
  }
  server.onclose = changes.subscribe((event) => {
    send(event).catch((error: unknown) => {
      log.debug('change not announced', { error: describeError(error) })
    })
  })
}
