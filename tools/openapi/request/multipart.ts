import { randomUUID } from 'node:crypto'
import { ToolError } from '../../../src/define-tool.ts'

export interface BuiltBody {
  readonly contentType: string
  readonly body: string | Uint8Array
}

export interface Part {
  /** The argument it comes from, for errors. */
  readonly argument: string
  readonly name: string
  readonly data: string | Uint8Array
  readonly filename?: string
  /** Left out for plain text, which is the default (RFC 7578, section 4.4). */
  readonly contentType?: string
  readonly transfer?: 'base64'
}

/** Writes multipart/form-data (RFC 7578, RFC 2046 section 5.1). */
export function buildMultipart(parts: readonly Part[], argument: string): BuiltBody {
  if (parts.length === 0) throw new ToolError(`Argument "${argument}" must have a value in it.`)
  const written = parts.map((part) => ({ head: headOf(part), data: Buffer.from(part.data) }))
  const boundary = chooseBoundary(written.map(({ data }) => data))
  const chunks = written.flatMap(({ head, data }) => [
    Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`),
    data,
    Buffer.from('\r\n')
  ])
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)])
  }
}

function headOf({ name, filename, contentType, transfer, argument }: Part): string {
  const disposition = `Content-Disposition: form-data; name="${quote(name, argument)}"`
  const lines = [
    filename === undefined ? disposition : `${disposition}; filename="${quote(filename, argument)}"`
  ]
  if (contentType !== undefined) lines.push(`Content-Type: ${contentType}`)
  if (transfer) lines.push(`Content-Transfer-Encoding: ${transfer}`)
  return lines.join('\r\n')
}

/** RFC 7578, section 2, and the WHATWG form encoding: UTF-8 as it is, a quote percent-encoded. */
function quote(text: string, argument: string): string {
  if (/\p{Cc}/u.test(text)) {
    throw new ToolError(`Argument "${argument}" has a name with control characters.`)
  }
  return text.replaceAll('"', '%22')
}

/** RFC 2046, section 5.1: the boundary must not occur in a part. */
function chooseBoundary(contents: readonly Buffer[]): string {
  for (;;) {
    const boundary = `portcullis-${randomUUID()}`
    if (!contents.some((content) => content.includes(boundary))) return boundary
  }
}
