import { type KeyName, keyOf } from './principals.ts'

export const modern = '2026-07-28'
export const legacy = '2025-11-25'
/** Where a request of 2026-07-28 names its revision. */
export const versionKey = 'io.modelcontextprotocol/protocolVersion'

export interface Request {
  readonly jsonrpc: '2.0'
  readonly id: string | number
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

type Params = Readonly<Record<string, unknown>>

/** How a client of the 2025 revisions begins. */
const initializeParams = {
  protocolVersion: legacy,
  capabilities: { elicitation: {}, sampling: {} },
  clientInfo: { name: 'test', version: '1' }
}

/** A request of the 2025 revisions. */
export function request(method: string, params: Params = {}, id: string | number = 1): Request {
  return { jsonrpc: '2.0', id, method, params }
}

export function initialize(id?: string | number): Request {
  return request('initialize', initializeParams, id)
}

export function ping(id?: string | number): Request {
  return request('ping', {}, id)
}

export function call(name: string, args?: Params, id?: string | number): Request {
  return request('tools/call', toolCall(name, args), id)
}

/** A request of 2026-07-28: each one names its revision and what its client can do. */
export function modernRequest(
  method: string,
  params: Params = {},
  id: string | number = 1,
  meta: Params = {}
): Request {
  const _meta = {
    ...(params._meta as Params | undefined),
    [versionKey]: modern,
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} }, sampling: {} },
    ...meta
  }
  return request(method, { ...params, _meta }, id)
}

export function toolCall(name: string, args: Params = {}): Params {
  return { name, arguments: args }
}

export function authHeaders(key: KeyName = 'full'): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${keyOf(key)}` }
}

/** What every POST of a message carries. */
export function jsonHeaders(key: KeyName = 'full'): Readonly<Record<string, string>> {
  return bearerHeaders(keyOf(key))
}

/** The same with a key of the test's own. */
export function bearerHeaders(key: string): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${key}`
  }
}

/** The headers of a 2026-07-28 request, which repeat parts of its body. */
export function modernHeaders(
  { method, params }: Pick<Request, 'method' | 'params'>,
  key: KeyName = 'full'
): Readonly<Record<string, string>> {
  const name = params.name ?? params.uri
  return {
    ...jsonHeaders(key),
    'mcp-protocol-version': modern,
    'mcp-method': method,
    ...(typeof name === 'string' && { 'mcp-name': name })
  }
}
