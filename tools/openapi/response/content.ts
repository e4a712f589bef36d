import { hash } from 'node:crypto'
import { parseJson } from '../../../src/json.ts'
import type { Content } from '../../../src/types.ts'
import type { ApiResponse } from '../client/client.ts'

/** Undefined when it is not UTF-8, not JSON, nested too deeply or names `__proto__`. */
export function parseAnswer(body: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body)) }
  } catch {
    return undefined
  }
}

/**
 * A text as a model may read it: line breaks and tabs stay, other control and invisible characters
 * go (bidi overrides and tag characters hide instructions from a reviewer).
 */
export function decodeText({ body, charset }: ApiResponse): string {
  return decoderFor(charset)
    .decode(body)
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu, '')
}

function decoderFor(charset = 'utf-8') {
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder('utf-8')
  }
}

/** At most `maxBytes` of UTF-8, never half a character. */
export function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  return new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true })
}

/** Named by its content: the address it came from stays inside. */
export function toResource({ body, mediaType }: ApiResponse): Content {
  const digest = hash('sha256', body, 'hex')
  const blob = Buffer.from(body).toString('base64')
  return {
    type: 'resource',
    resource: { uri: `urn:sha256:${digest}`, mimeType: mediaType, blob }
  }
}
