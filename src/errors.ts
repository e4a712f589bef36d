import type { CallResult, Outcome } from './types.ts'

/**
 * Every refusal that can leave the server: JSON-RPC code, HTTP status where the protocol is not
 * reached, and the public text. Nothing else of an error is ever sent.
 */
const table = {
  parse: { code: -32700, status: 400, text: 'Parse error: the message is not valid JSON.' },
  invalid_request: { code: -32600, status: 400, text: 'Invalid request: not a JSON-RPC message.' },
  too_deep: { code: -32600, status: 400, text: 'Invalid request: the JSON is nested too deeply.' },
  too_many: {
    code: -32600,
    status: 400,
    text: 'Invalid request: the JSON holds over 10,000 keys or 100,000 elements.'
  },
  duplicate_id: {
    code: -32600,
    status: 400,
    text: 'Invalid request: a request with this id is still in progress. Use a new id.'
  },
  body_too_large: { code: -32600, status: 413, text: 'The message is too large.' },
  media_type: {
    code: -32600,
    status: 415,
    text: 'Unsupported media type: send application/json without Content-Encoding.'
  },
  method_not_allowed: { code: -32600, status: 405, text: 'Method not allowed.' },
  headers_too_many: { code: -32600, status: 431, text: 'Too many header fields.' },
  header_mismatch: {
    code: -32020,
    status: 400,
    text: 'Bad request: the request headers and the body disagree.'
  },
  unsupported_version: { code: -32022, status: 400, text: 'Unsupported protocol version.' },
  unauthorized: {
    code: 401,
    status: 401,
    text: 'Authentication required: send Authorization: Bearer KEY or X-API-Key: KEY.'
  },
  /** The same words as without a credential; a challenge tells them apart. */
  bad_credential: {
    code: 401,
    status: 401,
    text: 'Authentication required: send Authorization: Bearer KEY or X-API-Key: KEY.'
  },
  auth_unavailable: {
    code: 503,
    status: 503,
    text: 'Tokens cannot be checked at the moment. Retry later.'
  },
  insufficient_scope: {
    code: 403,
    status: 403,
    text: 'Forbidden: the token lacks a scope that this operation needs.'
  },
  host: { code: 403, status: 403, text: 'Forbidden: this Host is not allowed.' },
  origin: { code: 403, status: 403, text: 'Forbidden: this Origin is not allowed.' },
  not_found: { code: -32601, status: 404, text: 'Not found.' },
  session_unknown: {
    code: -32600,
    status: 404,
    text: 'Session not found: it ended or never existed. Send initialize again.'
  },
  session_missing: {
    code: -32600,
    status: 400,
    text: 'Mcp-Session-Id is required here: send initialize first.'
  },
  sessions_full: {
    code: 503,
    status: 503,
    text: 'Too many open sessions. Retry later or close a session.'
  },
  flood: { code: 429, status: 429, text: 'Too many requests from this address.' },
  banned: {
    code: 429,
    status: 429,
    text: 'Too many failed logins from this address. Wait, then send a valid key.'
  },
  limited: { code: 429, status: 429, text: 'Too many requests: slow down and retry later.' },
  busy: {
    code: 429,
    status: 429,
    text: 'The server is busy: no free slot for this request. Retry later.'
  },
  stream_open: {
    code: -32600,
    status: 409,
    text: 'The stream of this session is open already. Close it first, or resume it.'
  },
  subscriptions_full: {
    code: 429,
    status: 200,
    text: 'Too many open subscriptions. Retry later or end one.'
  },
  draining: {
    code: 503,
    status: 503,
    text: 'The server is shutting down. Retry elsewhere or later.'
  },
  overloaded: {
    code: 503,
    status: 503,
    text: 'The server is overloaded just now and has not looked at this request. Retry later.'
  },
  stopped: {
    code: 503,
    status: 503,
    text: 'The operator has stopped this server: it accepts no calls.'
  },
  unknown_tool: { code: -32602, status: 200, text: 'Unknown tool.' },
  unknown_resource: { code: -32602, status: 200, text: 'Unknown resource.' },
  unknown_prompt: { code: -32602, status: 200, text: 'Unknown prompt.' },
  invalid_params: { code: -32602, status: 200, text: 'Invalid parameters.' },
  bad_cursor: {
    code: -32602,
    status: 200,
    text: 'Invalid cursor: send one from nextCursor, or none to start again.'
  },
  timeout: { code: -32603, status: 200, text: 'The request ran into its deadline.' },
  cancelled: { code: -32603, status: 200, text: 'The request was cancelled.' },
  result_too_large: { code: -32603, status: 200, text: 'The result is too large.' },
  unrecorded: {
    code: 503,
    status: 503,
    text: 'The server cannot write its audit record just now and refuses requests.'
  },
  internal: { code: -32603, status: 500, text: 'Internal error.' }
} as const satisfies Record<string, { code: number; status: number; text: string }>

export type RefusalKind = keyof typeof table

/** What a refusal of this kind counts as. */
export function codeOf(kind: RefusalKind): number {
  return table[kind].code
}

/** A refusal from the table, with at most a public detail and data for the client. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly kind: RefusalKind
  readonly code: number
  readonly status: number
  readonly data: Readonly<Record<string, unknown>> | undefined

  constructor(
    kind: RefusalKind,
    options: { detail?: string; data?: Readonly<Record<string, unknown>>; cause?: unknown } = {}
  ) {
    const { code, status, text } = table[kind]
    super(options.detail ? `${text} ${options.detail}` : text, { cause: options.cause })
    this.kind = kind
    this.code = code
    this.status = status
    this.data = options.data
  }
}

/** What a client sees of any error: a refusal as it is, anything else as the generic text. */
export function toRefusal(error: unknown, requestId: string): Refusal {
  if (error instanceof Refusal) return error
  return new Refusal('internal', { detail: `Request id: ${requestId}.`, cause: error })
}

/** Texts of refused or failed tool calls; a model reads them and can act on them. */
export const callTexts: Readonly<Record<Exclude<Outcome, 'ok' | 'unknown' | 'forbidden'>, string>> =
  {
    limited: 'Rate limit reached. Wait before calling again.',
    busy: 'The server is busy: no free slot for this call. Wait and call again.',
    invalid: 'Invalid arguments.',
    timeout: 'The call ran into its deadline and was stopped. Ask for less, or try again later.',
    cancelled: 'The call was cancelled.',
    failed: 'The tool failed. Trying the same call again may not help.',
    too_large: 'The result is too large to return. Ask for less: a filter, a page, fewer fields.'
  }

/** How the text on a write in doubt goes on: nobody may be told that it failed. */
export const maybeDone =
  'may or may not have taken effect. Do not repeat it blindly: read the present state first.'

/** A tool call that went wrong, in words for the model. */
export function errorResult(text: string): CallResult {
  return { content: [{ type: 'text', text }], isError: true }
}
