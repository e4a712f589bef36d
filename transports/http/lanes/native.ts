import {
  classifyInboundRequest,
  LOG_LEVEL_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  SERVER_INFO_META_KEY,
  TRACEPARENT_META_KEY
} from '@modelcontextprotocol/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isInputRequired } from '../../../src/call/converse.ts'
import { logFailure } from '../../../src/call/run.ts'
import { Refusal, toRefusal } from '../../../src/errors.ts'
import { isRecord } from '../../../src/json.ts'
import { readTrace } from '../../../src/trace.ts'
import type { CallResult, DispatchContext, InputRequired, Principal } from '../../../src/types.ts'
import { createContext, readMeta } from '../../call-context.ts'
import { type Mcp, serverInfo } from '../../mcp.ts'
import { modernRevision } from '../../revisions.ts'
import { recordedPath, stopOnDisconnect } from './web.ts'

/** A 2026-07-28 `tools/call` with nothing unusual about it. */
export interface PlainCall {
  readonly id: string | number
  readonly name: string
  readonly args: Readonly<Record<string, unknown>> | undefined
  readonly meta: Readonly<Record<string, unknown>>
}

export interface NativeLane {
  /** Recognises a plain call; anything else is the SDK's. */
  read(request: FastifyRequest): PlainCall | undefined
  /** Serves it; a tool's question to the client goes to `ask`. */
  serve(
    call: PlainCall,
    request: FastifyRequest,
    reply: FastifyReply,
    ask: (question: InputRequired) => Promise<FastifyReply>
  ): Promise<FastifyReply>
}

const bodyKeys = new Set(['jsonrpc', 'id', 'method', 'params'])
const paramKeys = new Set(['name', 'arguments', '_meta'])
const maxMemo = 500
const maxMemoKeyLength = 2048

/**
 * The short way for the commonest request. The SDK builds a server, a transport and web objects
 * for each one, which costs five times the call itself; what it checks is checked here by its own
 * classifier, and `test/native.test.ts` sends good and broken requests both ways to compare.
 */
export function createNativeLane(
  mcp: Mcp,
  isPlainTool: (name: string, principal: Principal) => boolean
): NativeLane {
  const isGoodEnvelope = createEnvelopeCheck()
  const info = { [SERVER_INFO_META_KEY]: serverInfo(mcp.version) }
  const infoJson = JSON.stringify(info)

  function read({ body, headers, principal }: FastifyRequest): PlainCall | undefined {
    const isCall =
      headers['mcp-protocol-version'] === modernRevision && headers['mcp-method'] === 'tools/call'
    const call = isCall ? readBody(body) : undefined
    if (!call || headers['mcp-name'] !== call.name) return undefined
    if (!isPlainTool(call.name, principal)) return undefined
    return isGoodEnvelope(body, call.meta, call.name) ? call : undefined
  }

  async function serve(
    { id, name, args, meta }: PlainCall,
    request: FastifyRequest,
    reply: FastifyReply,
    ask: (question: InputRequired) => Promise<FastifyReply>
  ): Promise<FastifyReply> {
    const ctx = contextOf(request, reply, meta)
    reply.header('content-type', 'application/json; charset=utf-8')
    try {
      const executed = await mcp.dispatcher.executeTool(name, args, ctx)
      if ('refusal' in executed) throw executed.refusal
      const { result, json } = executed
      if (isInputRequired(result)) return await ask(result)
      return reply.send(
        `{"result":${complete(result, json)},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`
      )
    } catch (error) {
      // Of these the HTTP status counts, and its challenge.
      if (error instanceof Refusal && error.kind === 'insufficient_scope') throw error
      if (!(error instanceof Refusal)) logFailure(ctx, 'tools/call', error)
      const { code, message, data } = toRefusal(error, ctx.requestId)
      const refused = { code, message, ...(data && { data }) }
      return reply.send(JSON.stringify({ jsonrpc: '2.0', id, error: refused }))
    }
  }

  /** The dispatcher's own JSON with two more fields, unless it has a `_meta` to join. */
  function complete(result: CallResult, json: string): string {
    if ('_meta' in result) {
      return JSON.stringify({
        ...result,
        resultType: 'complete',
        _meta: { ...result._meta, ...info }
      })
    }
    return `${json.slice(0, -1)},"resultType":"complete","_meta":${infoJson}}`
  }

  function contextOf(
    request: FastifyRequest,
    reply: FastifyReply,
    meta: PlainCall['meta']
  ): DispatchContext {
    return createContext(
      {
        principal: request.principal,
        transport: 'http',
        protocolVersion: modernRevision,
        requestId: request.id,
        remote: request.ip,
        path: recordedPath(request),
        log: mcp.log,
        ...readTrace(meta[TRACEPARENT_META_KEY]),
        ...readMeta(meta),
        ...(request.upstreamHeaders && { upstreamHeaders: request.upstreamHeaders }),
        ask: 'by-result',
        progress: ignore,
        message: ignore
      },
      stopOnDisconnect(request, reply)
    )
  }

  return Object.freeze({ read, serve })
}

/** The parts of the body when it has exactly those that every call has. */
function readBody(body: unknown): PlainCall | undefined {
  if (!isRecord(body) || body.jsonrpc !== '2.0' || body.method !== 'tools/call') return undefined
  if (!hasOnly(body, bodyKeys) || !isRecord(body.params)) return undefined
  const { id, params } = body
  const { name, arguments: args, _meta: meta } = params
  if (typeof id !== 'string' && !(typeof id === 'number' && Number.isInteger(id))) return undefined
  if (!hasOnly(params, paramKeys) || typeof name !== 'string') return undefined
  if ((args !== undefined && !isRecord(args)) || !isPlainMeta(meta)) return undefined
  return { id, name, args, meta }
}

/** Progress and log messages need an event stream. */
function isPlainMeta(meta: unknown): meta is PlainCall['meta'] {
  return isRecord(meta) && !('progressToken' in meta) && !(LOG_LEVEL_META_KEY in meta)
}

function ignore(): void {}

function hasOnly(object: Record<string, unknown>, keys: ReadonlySet<string>): boolean {
  for (const key in object) if (!keys.has(key)) return false
  return true
}

function hasTrace(meta: PlainCall['meta']): boolean {
  return 'traceparent' in meta || 'tracestate' in meta || 'baggage' in meta
}

function withoutTrace(meta: PlainCall['meta']): object {
  const { traceparent: _, tracestate: __, baggage: ___, ...envelope } = meta
  return envelope
}

/**
 * Asks the SDK's classifier about the envelope in `_meta`, once per distinct envelope: clients
 * send the same one with every call. Trace keys change and do not matter to it.
 */
function createEnvelopeCheck(): (body: unknown, meta: PlainCall['meta'], name: string) => boolean {
  const good = new Set<string>()
  return (body, meta, name) => {
    const key = JSON.stringify(hasTrace(meta) ? withoutTrace(meta) : meta)
    if (good.has(key)) return true
    const { kind } = classifyInboundRequest({
      httpMethod: 'POST',
      protocolVersionHeader: modernRevision,
      mcpMethodHeader: 'tools/call',
      mcpNameHeader: name,
      body
    })
    const isServed = kind === 'modern' && meta[PROTOCOL_VERSION_META_KEY] === modernRevision
    if (isServed && key.length <= maxMemoKeyLength) {
      const [oldest] = good
      if (good.size >= maxMemo && oldest !== undefined) good.delete(oldest)
      good.add(key)
    }
    return isServed
  }
}
