import { ToolError } from '../../../src/define-tool.ts'
import { isRecord } from '../../../src/json.ts'
import { essenceOf } from '../media-type.ts'
import type { Body } from './body.ts'
import type { Field, FormPlan } from './form-fields.ts'
import { type BuiltBody, buildMultipart, type Part } from './multipart.ts'
import { isSpokenFor, percentCodec, queryPairs, rawCodec } from './styles.ts'
import { bodyText, encodeForm, readValue, reservedText } from './values.ts'

/** Writes a body. `argument` names it in errors. Throws a ToolError for what it cannot hold. */
export function buildBody(plan: Body, argument: string, value: unknown): BuiltBody {
  const { mediaType } = plan
  if (plan.kind === 'json') return { contentType: mediaType, body: JSON.stringify(value) }
  if (plan.kind === 'binary') {
    return { contentType: mediaType, body: decodeBase64(argument, value) }
  }
  if (plan.kind === 'text') {
    const body = bodyText(argument, value)
    // Without a charset, text beyond ASCII has no agreed meaning (RFC 2046, section 4.1.2).
    const isPlain = /charset=/i.test(mediaType) || Buffer.byteLength(body) === body.length
    return { contentType: isPlain ? mediaType : `${mediaType}; charset=utf-8`, body }
  }
  const fields = fieldsOf(plan, argument, value)
  if (plan.kind === 'form') {
    return { contentType: mediaType, body: fields.flatMap(formPairs).join('&') }
  }
  return buildMultipart(fields.flatMap(formParts), argument)
}

interface Given {
  readonly argument: string
  readonly name: string
  readonly value: unknown
  readonly field: Field
}

function fieldsOf(plan: FormPlan, argument: string, value: unknown): readonly Given[] {
  if (!isRecord(value)) throw new ToolError(`Argument "${argument}" must be an object.`)
  return Object.entries(value).map(([name, member]) => {
    const field = plan.fields.get(name) ?? plan.others
    if (!field) throw new ToolError(`Argument "${argument}.${name}" is not declared.`)
    const given = { argument: `${argument}.${name}`, name: bodyText(argument, name), field }
    refuseForeignNames({ ...given, value: member }, plan)
    return { ...given, value: member }
  })
}

/** What names its own fields, an exploded object or an undeclared property, speaks for no other. */
function refuseForeignNames({ argument, name, value, field }: Given, { fields }: FormPlan): void {
  const isExploded =
    field.how === 'style' && field.serialization.style === 'form' && field.serialization.explode
  const own = fields.has(name) ? [] : [name]
  const keys = isExploded && isRecord(value) ? Object.keys(value) : own
  const foreign = keys.find((key) =>
    [...fields.keys()].some((other) => other !== name && isSpokenFor(other, key))
  )
  if (foreign === undefined) return
  throw new ToolError(
    `Argument "${argument}" must not hold "${foreign.slice(0, 64)}", which is a field of its own.`
  )
}

/** OpenAPI 3.1.1, section 4.8.15.2, "Encoding the x-www-form-urlencoded Media Type". */
function formPairs({ argument, name, value, field }: Given): readonly string[] {
  if (field.how === 'style') {
    const named = { argument, name, ...field.serialization }
    const readText = named.allowReserved ? reservedText : bodyText
    return queryPairs(named, readValue(argument, value, readText), percentCodec(named)).map(
      ([key, text]) => `${key}=${text}`
    )
  }
  if (field.how === 'file')
    throw new ToolError(`Argument "${argument}" cannot be sent in this form.`)
  return itemsOf(value).map(
    (item) => `${encodeForm(name)}=${encodeForm(contentText(argument, item, field.isJson))}`
  )
}

/** OpenAPI 3.1.1, section 4.8.15.3, "Encoding multipart Media Types". */
function formParts({ argument, name, value, field }: Given): readonly Part[] {
  if (field.how === 'style') {
    const named = { argument, name, ...field.serialization }
    return queryPairs(named, readValue(argument, value, bodyText), rawCodec).map(([key, text]) => ({
      argument,
      name: key,
      data: text
    }))
  }
  const items = itemsOf(value)
  if (field.how === 'file') return items.map((item) => filePart(argument, name, item, field))
  return items.map((item) => {
    const isJson = field.isJson || isRecord(item)
    const contentType = field.contentType ?? (isJson ? 'application/json' : undefined)
    const data = contentText(argument, item, field.isJson)
    return { argument, name, data, ...(contentType !== undefined && { contentType }) }
  })
}

/** A list is one part or pair per item (RFC 7578, section 4.3); null is nothing. */
function itemsOf(value: unknown): readonly unknown[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => item !== null)
}

function contentText(argument: string, value: unknown, isJson: boolean): string {
  if (Array.isArray(value)) {
    throw new ToolError(`Argument "${argument}" must not hold lists in a list.`)
  }
  return isJson || isRecord(value) ? JSON.stringify(value) : bodyText(argument, value)
}

function filePart(
  argument: string,
  name: string,
  file: unknown,
  { accepts, transfer }: Extract<Field, { how: 'file' }>
): Part {
  if (!isRecord(file)) throw new ToolError(`Argument "${argument}" must be a file object.`)
  const { filename, base64 } = file
  const bytes = decodeBase64(`${argument}.base64`, base64)
  return {
    argument,
    name,
    data: transfer ? String(base64) : bytes,
    contentType: fileType(argument, file.contentType, accepts),
    ...(filename !== undefined && { filename: fileName(argument, filename) }),
    ...(transfer && { transfer })
  }
}

function fileName(argument: string, filename: unknown): string {
  const name = bodyText(argument, filename)
  // RFC 7578, section 4.2: no path; some servers write where it points to.
  if (/[\p{Cc}/\\]/u.test(name) || /^\.{0,2}$/.test(name)) {
    throw new ToolError(`Argument "${argument}.filename" must be a plain file name.`)
  }
  return name
}

function fileType(argument: string, given: unknown, accepts: readonly string[]): string {
  if (given === undefined) {
    const [first = 'application/octet-stream'] = accepts.filter((type) => type !== '*/*')
    if (!first.includes('*')) return first
    throw new ToolError(`Argument "${argument}.contentType" is needed: ${accepts.join(', ')}.`)
  }
  const isType = typeof given === 'string' && /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(given)
  if (isType && (accepts.length === 0 || accepts.some((type) => isInRange(given, type)))) {
    return given
  }
  const expected = accepts.length > 0 ? accepts.join(', ') : 'a media type such as image/png'
  throw new ToolError(`Argument "${argument}.contentType" must be ${expected}.`)
}

function isInRange(type: string, range: string): boolean {
  const wanted = essenceOf(range)
  if (wanted === '*/*') return true
  const essence = type.toLowerCase()
  return wanted.endsWith('/*') ? essence.startsWith(wanted.slice(0, -1)) : essence === wanted
}

function decodeBase64(argument: string, value: unknown): Uint8Array {
  // Buffer skips what is not base64: the bytes would not be those that were meant.
  const isBase64 =
    typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
  if (!isBase64) throw new ToolError(`Argument "${argument}" must be base64 with padding.`)
  return Buffer.from(value, 'base64')
}
