import type { Test } from 'tap'
import type { Answer, Message } from './http.ts'

/** What a refusal has to say. */
export interface Wanted {
  readonly status: number
  /** The JSON-RPC code; `plain` for the `{ error, timestamp }` of other paths. */
  readonly code: number | 'plain'
  /** The id of the refused request; undefined: it could not be read, and none may be made up. */
  readonly id?: unknown
  readonly headers?: Readonly<Record<string, string | RegExp>>
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
/** Of the server's inside: stack traces, places of files, names and dumps of what it is built with. */
const inside =
  /\n\s+at |node_modules|\/(?:work|home|root|dist)\/|fastify|FST_|undici|sdk|zod|invalid_(?:type|value)/i

/** Checks all of a refusal: status, headers, shape, id, and that it says nothing of the inside. */
export function checkRefusal(t: Test, answer: Answer, wanted: Wanted): void {
  t.equal(answer.status, wanted.status, 'status')
  t.match(answer.headers, wanted.headers ?? {}, 'headers')
  t.match(answer.headers['x-request-id'], uuid, 'has a request id')
  t.match(answer.headers['content-type'], /^application\/json/, 'is JSON')
  t.notMatch(answer.text, inside, 'says nothing of the inside')
  if (wanted.code === 'plain') checkPlain(t, answer.text)
  else checkJsonRpc(t, answer.text, wanted)
}

function checkPlain(t: Test, text: string): void {
  const body = JSON.parse(text) as { error?: unknown; timestamp?: unknown }
  t.strictSame(Object.keys(body), ['error', 'timestamp'], 'shape')
  t.type(body.error, 'string', 'error is a text')
  t.not(Number.isNaN(Date.parse(String(body.timestamp))), true, 'timestamp is a time')
}

function checkJsonRpc(t: Test, text: string, { code, id }: Wanted): void {
  const { error, ...rest } = JSON.parse(text) as Message
  t.equal(error?.code, code, 'code')
  t.type(error?.message, 'string', 'message')
  t.strictSame(rest, { jsonrpc: '2.0', ...(id !== undefined && { id }) }, 'shape and id')
}
