import type { CallResult } from '../../src/types.ts'
import type { ApiResponse } from '../../tools/openapi/client/client.ts'
import { type AnswerHints, planAnswer } from '../../tools/openapi/response/response.ts'
import { createCompiler } from '../../tools/outside/schema/validate.ts'

/** A 200 of JSON; text and bytes go as they are. */
export function answer(body: unknown, more: Partial<ApiResponse> = {}): ApiResponse {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  return {
    status: 200,
    mediaType: 'application/json',
    body: Buffer.from(isRaw ? body : JSON.stringify(body)),
    ...more
  }
}

export const plan = (schema: unknown, hints?: AnswerHints) =>
  planAnswer(schema, createCompiler(), hints)
export const textsOf = (result: CallResult) => result.content.map(({ text }) => String(text))

export const person = {
  type: 'object',
  required: ['id', 'name'],
  properties: { id: { type: 'integer' }, name: { type: 'string' }, tags: { type: 'array' } }
}
export const people = { type: 'array', items: person }
