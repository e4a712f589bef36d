import { isRecord } from '../../../src/json.ts'
import { Unsupported } from '../../outside/schema/schema.ts'
import { cleanText } from '../../outside/text.ts'
import type { Raw } from '../document/document.ts'
import { flattenObject, listOf } from './object-shape.ts'
import { readSerialization } from './parameter-style.ts'
import type { Serialization } from './styles.ts'

export type FormKind = 'form' | 'multipart'

/** How one property of a form is written. */
export type Field =
  | { readonly how: 'style'; readonly serialization: Serialization }
  /** Scalars as text, objects as JSON, a list as one part per item, unless `contentType` says more. */
  | { readonly how: 'content'; readonly contentType?: string; readonly isJson: boolean }
  /** Raw bytes, given as base64; `transfer` is set when base64 also goes on the wire. */
  | { readonly how: 'file'; readonly accepts: readonly string[]; readonly transfer?: 'base64' }

export interface FormPlan {
  /** The published schema: an object with one property per field. */
  readonly schema: unknown
  readonly fields: ReadonlyMap<string, Field>
  /** Properties that the schema does not name are written like this, when it allows any. */
  readonly others?: Field
  readonly notes: readonly string[]
}

/**
 * Plans a form after its Encoding Objects (OpenAPI 3.1.1, section 4.8.15). An optional property
 * that cannot be written is left out with a note. Throws Unsupported for a required one.
 */
export function planForm(media: Raw, kind: FormKind): FormPlan {
  const { properties, required, rest } = flattenObject(media.schema, 'its form')
  const encoding = isRecord(media.encoding) ? media.encoding : {}
  const { planned, notes } = planFields(properties, required, encoding, kind)
  const entries = [...planned]
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(entries.map(([name, each]) => [name, each.schema])),
      ...(required.size > 0 && { required: [...required] }),
      additionalProperties: rest ?? true
    },
    fields: new Map(entries.map(([name, { field }]) => [name, field])),
    ...(rest !== false && { others: { how: 'content', isJson: false } as const }),
    notes: [...notes, ...entries.flatMap(([, { note }]) => note ?? [])]
  }
}

function planFields(
  properties: ReadonlyMap<string, unknown>,
  required: ReadonlySet<string>,
  encoding: Raw,
  kind: FormKind
) {
  const planned = new Map<string, Planned>()
  const notes: string[] = []
  for (const [name, schema] of properties) {
    const raw = Object.hasOwn(encoding, name) ? encoding[name] : undefined
    try {
      planned.set(name, planField(name, schema, isRecord(raw) ? raw : {}, kind))
    } catch (error) {
      if (!(error instanceof Unsupported) || required.has(name)) throw error
      notes.push(`left out: ${error.message}`)
    }
  }
  return { planned, notes }
}

function checkName(name: string, what: string): void {
  if (name === '__proto__' || /[\p{Cc}\p{Cs}]/u.test(name)) {
    throw new Unsupported(`${what} has a name that cannot be sent.`)
  }
}

interface Planned {
  readonly field: Field
  readonly schema: unknown
  readonly note?: string
}

function planField(name: string, schema: unknown, encoding: Raw, kind: FormKind): Planned {
  const what = `the form field "${cleanText(name, 64)}"`
  checkName(name, what)
  const { style, explode, allowReserved, contentType, headers } = encoding
  if (kind === 'multipart' && hasRequiredHeader(headers)) {
    throw new Unsupported(`${what} needs headers of its own.`)
  }
  if (style !== undefined || explode !== undefined || allowReserved !== undefined) {
    const { note, ...read } = readSerialization({ ...encoding, schema }, 'query', what)
    const { schema: narrowed, style, explode, allowReserved } = read
    const serialization = { style, explode, allowReserved }
    return {
      field: { how: 'style', serialization },
      schema: narrowed,
      ...(note && { note: `${what} ${note}.` })
    }
  }
  const types = typeof contentType === 'string' ? splitTypes(contentType, what) : []
  const inner = withoutNull(schema)
  if (kind === 'multipart') {
    const file = planFile(inner, types, what)
    if (file) return file
  } else if (isRecord(inner) && inner.format === 'binary') {
    throw new Unsupported(`${what} is binary, which this form cannot hold.`)
  }
  return { field: planContent(inner, types, kind, what), schema }
}

function hasRequiredHeader(headers: unknown): boolean {
  return (
    isRecord(headers) &&
    Object.entries(headers).some(
      ([name, header]) =>
        name.toLowerCase() !== 'content-type' && isRecord(header) && header.required === true
    )
  )
}

function splitTypes(contentType: string, what: string): readonly string[] {
  const types = contentType.split(',').map((type) => type.trim())
  if (
    types.every((type) => /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+(\s*;\s*[\w-]+=[\w.:/+-]*)*$/.test(type))
  ) {
    return types
  }
  throw new Unsupported(`${what} has the content type "${cleanText(contentType, 60)}".`)
}

/** `anyOf: [X, { type: null }]`, as some generators write optional fields, is X. */
function withoutNull(schema: unknown): unknown {
  if (!isRecord(schema)) return schema
  const branches = listOf(schema.anyOf ?? schema.oneOf)
  const real = branches.filter((branch) => !(isRecord(branch) && branch.type === 'null'))
  return real.length === 1 ? real[0] : schema
}

/** Input of a file: its bytes as base64. */
const fileSchema = Object.freeze({
  type: 'object',
  properties: {
    filename: { type: 'string', minLength: 1, maxLength: 255 },
    contentType: { type: 'string', description: 'Media type, such as image/png.' },
    base64: { type: 'string', description: 'The bytes of the file, as base64.' }
  },
  required: ['base64'],
  additionalProperties: false
})

function planFile(schema: unknown, types: readonly string[], what: string): Planned | undefined {
  if (!isRecord(schema)) return undefined
  const isList = schema.type === 'array'
  const item = isList ? withoutNull(schema.items ?? {}) : schema
  if (!isFile(item, types)) return undefined
  const transfer = isRecord(item) ? transferOf(item.contentEncoding, what) : undefined
  const description = cleanText(schema.description, 400)
  const file = description && !isList ? { ...fileSchema, description } : fileSchema
  return {
    field: { how: 'file', accepts: types, ...(transfer && { transfer }) },
    schema: isList ? { type: 'array', items: file, ...(description && { description }) } : file
  }
}

/** RFC 2045, section 6.2: the others leave the bytes as they are. */
function transferOf(contentEncoding: unknown, what: string): 'base64' | undefined {
  if (contentEncoding === 'base64') return 'base64'
  const identities: readonly unknown[] = [undefined, 'binary', '8bit', '7bit']
  if (identities.includes(contentEncoding)) return undefined
  throw new Unsupported(`${what} has the encoding "${cleanText(contentEncoding, 20)}".`)
}

/** "Encoding Object", table of default content types: what is application/octet-stream. */
function isFile(schema: unknown, types: readonly string[]): boolean {
  if (!isRecord(schema)) return true
  const { type, format, contentEncoding, contentMediaType } = schema
  if (type !== undefined && ![type].flat().includes('string')) return false
  if (format === 'binary' || contentEncoding !== undefined) return true
  const isText = (each: unknown) => /^text\//i.test(String(each)) || beginsAsJson(String(each))
  if (contentMediaType !== undefined) return !isText(contentMediaType)
  if (types.length > 0) return format !== 'byte' && types.every((each) => !isText(each))
  const says = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', 'properties', 'items']
  return says.every((keyword) => schema[keyword] === undefined)
}

/** JSON, and what is made of it: `application/jsonl`, `application/json-seq`. */
function beginsAsJson(mediaType: string): boolean {
  return /^application\/([\w.+-]+\+)?json/i.test(mediaType)
}

function planContent(
  schema: unknown,
  types: readonly string[],
  kind: FormKind,
  what: string
): Field {
  const items = isRecord(schema) && schema.type === 'array' ? schema.items : undefined
  if (isRecord(items) && items.type === 'array') {
    throw new Unsupported(`${what} is a list of lists, which a form has no form for.`)
  }
  const byte = isRecord(schema) && schema.format === 'byte' ? 'application/octet-stream' : undefined
  const [contentType = byte] = types
  if (kind === 'multipart' && (types.length > 1 || contentType?.includes('*'))) {
    throw new Unsupported(`${what} has a choice of content types.`)
  }
  const isJson = contentType !== undefined && beginsAsJson(contentType)
  const isStructured = isRecord(schema) && (schema.type === 'object' || isRecord(schema.properties))
  if (contentType !== undefined && !isJson && isStructured) {
    throw new Unsupported(`${what} is an object as ${contentType}, which cannot be written.`)
  }
  return { how: 'content', isJson, ...(contentType !== undefined && { contentType }) }
}
