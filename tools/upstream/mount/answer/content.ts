import { isRecord } from '../../../../src/json.ts'
import type { Content, ResourceContents } from '../../../../src/types.ts'
import { cleanLine } from '../../../outside/text.ts'
import type { Message } from '../../connection.ts'
import { isUri, type Names } from '../names.ts'

/** What came from a server does not have the protocol's shape. The message is for the log. */
export class Misshapen extends Error {
  override readonly name = 'Misshapen'
}

/** Keys of `_meta` that are not a server's to set. */
const foreign = /^(?:io\.modelcontextprotocol|portcullis)\//

/** Content blocks in the protocol's shapes; links and embedded resources get our URIs. */
export function readBlocks(raw: unknown, names: Names): readonly Content[] {
  if (!Array.isArray(raw)) throw new Misshapen('content is not a list')
  return raw.map((block) => readBlock(block, names))
}

export function readBlock(raw: unknown, names: Names): Content {
  if (!isRecord(raw)) throw new Misshapen('a content block is not an object')
  const read = blocks.get(String(raw.type))
  if (!read) throw new Misshapen('a content block has an unknown type')
  return read(raw, names) as Content
}

const blocks = new Map<string, (raw: Message, names: Names) => Message>([
  ['text', (raw) => ({ type: 'text', text: text(raw, 'text'), ...extras(raw) })],
  ['image', (raw) => readMedia(raw, 'image')],
  ['audio', (raw) => readMedia(raw, 'audio')],
  [
    'resource_link',
    (raw, names) => ({
      type: 'resource_link',
      uri: names.uriOf(uri(raw)),
      name: cleanLine(text(raw, 'name'), 200),
      ...optionalLine(raw, 'title'),
      ...optionalLine(raw, 'description'),
      ...optionalText(raw, 'mimeType'),
      ...(typeof raw.size === 'number' && { size: raw.size }),
      ...extras(raw)
    })
  ],
  [
    'resource',
    (raw, names) => ({
      type: 'resource',
      resource: readContents(raw.resource, names),
      ...extras(raw)
    })
  ]
])

function readMedia(raw: Message, type: 'image' | 'audio'): Message {
  const mimeType = text(raw, 'mimeType')
  return { type, data: base64(raw, 'data'), mimeType, ...extras(raw) }
}

/** The contents of one resource. */
export function readContents(raw: unknown, names: Names): ResourceContents {
  if (!isRecord(raw)) throw new Misshapen('a resource is not an object')
  const body = raw.blob === undefined ? { text: text(raw, 'text') } : { blob: base64(raw, 'blob') }
  return {
    uri: names.uriOf(uri(raw)),
    ...optionalText(raw, 'mimeType'),
    ...body,
    ...metaOf(raw)
  }
}

/** `_meta` as it is, without what the protocol says about a single connection, and what we say. */
export function metaOf({ _meta: meta }: Message): { readonly _meta?: Message } {
  if (!isRecord(meta)) return {}
  const kept = Object.entries(meta).filter(([key]) => !foreign.test(key))
  return kept.length > 0 ? { _meta: Object.fromEntries(kept) } : {}
}

function extras(raw: Message): Message {
  const { annotations } = raw
  return {
    ...(isRecord(annotations) && { annotations: readAnnotations(annotations) }),
    ...metaOf(raw)
  }
}

function readAnnotations({ audience, priority, lastModified }: Message): Message {
  const isAudience =
    Array.isArray(audience) && audience.every((each) => each === 'user' || each === 'assistant')
  return {
    ...(isAudience && { audience }),
    ...(typeof priority === 'number' && priority >= 0 && priority <= 1 && { priority }),
    ...(typeof lastModified === 'string' && { lastModified: cleanLine(lastModified, 40) })
  }
}

function text(raw: Message, key: string): string {
  const value = raw[key]
  if (typeof value !== 'string') throw new Misshapen(`${key} is not a text`)
  return value
}

function base64(raw: Message, key: string): string {
  const value = text(raw, key)
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) throw new Misshapen(`${key} is not Base64`)
  return value
}

function uri(raw: Message): string {
  if (!isUri(raw.uri)) throw new Misshapen('a URI is not one')
  return raw.uri
}

function optionalText(raw: Message, key: string): Message {
  return typeof raw[key] === 'string' ? { [key]: cleanLine(raw[key], 200) } : {}
}

function optionalLine(raw: Message, key: string): Message {
  return typeof raw[key] === 'string' ? { [key]: cleanLine(raw[key], 1000) } : {}
}
