import { isRecord } from '../../../src/json.ts'
import { Unsupported } from '../../outside/schema/schema.ts'
import { cleanText } from '../../outside/text.ts'
import type { Raw } from '../document/document.ts'
import { essenceOf, isJsonType } from '../media-type.ts'
import { type Kind, narrow } from './shapes.ts'
import type { Location, Serialization } from './styles.ts'

/** A style, or a media type, with the schema of what it can write. */
export interface ReadSerialization extends Serialization {
  readonly schema: unknown
  readonly content?: 'json' | 'text'
  /** What had to be left out. */
  readonly note?: string
}

/** OpenAPI 3.1.1, "Style Values": which styles a location has; the first is its default. */
const stylesOf: Readonly<Record<Location, readonly Serialization['style'][]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form']
}

const everyKind: ReadonlySet<Kind> = new Set(['scalar', 'array', 'object'])

/** Reads how a parameter is written. Throws Unsupported when the specification gives it no form. */
export function readSerialization(raw: Raw, location: Location, what: string): ReadSerialization {
  if (isRecord(raw.content)) return readContent(raw.content, location, what)
  const styles = stylesOf[location]
  const style = raw.style === undefined ? styles[0] : styles.find((each) => each === raw.style)
  if (!style) {
    throw new Unsupported(`${what} has the style "${cleanText(raw.style, 20)}" in ${location}.`)
  }
  const explode = typeof raw.explode === 'boolean' ? raw.explode : style === 'form'
  const isAssumed = style === 'deepObject' && raw.explode === undefined
  const kinds = kindsOf(style, explode || isAssumed, location)
  if (kinds.size === 0) {
    throw new Unsupported(
      `${what} has the style ${style} with explode: ${explode}, which is undefined.`
    )
  }
  if (!isRecord(raw.schema)) throw new Unsupported(`${what} has no schema.`)
  if (typeof raw.schema.$ref === 'string') {
    throw new Unsupported(
      `${what} refers to "${cleanText(raw.schema.$ref, 80)}", which is not there.`
    )
  }
  const narrowed = narrow(raw.schema, kinds, what)
  if (!narrowed) {
    throw new Unsupported(`${what} has a type that its style ${style} has no form for.`)
  }
  const note = noteOf(narrowed.isCut, isAssumed)
  return {
    style,
    explode: explode || isAssumed,
    // "This field only applies to parameters with an in value of query."
    allowReserved: location === 'query' && raw.allowReserved === true,
    schema: narrowed.schema,
    ...(note && { note })
  }
}

function noteOf(isCut: boolean, isAssumed: boolean): string {
  const notes = []
  if (isCut) notes.push('is offered without the values that its style has no form for')
  if (isAssumed) notes.push('is a deepObject without explode, which is sent as with explode: true')
  return notes.join(' and ')
}

/** Table "Style Examples": what is not n/a. */
function kindsOf(
  style: Serialization['style'],
  explode: boolean,
  location: Location
): ReadonlySet<Kind> {
  // Appendix D: a cookie has no form for more than one value.
  if (location === 'cookie') return new Set(['scalar'])
  if (style === 'deepObject') return new Set(explode ? ['object'] : [])
  if (style === 'spaceDelimited' || style === 'pipeDelimited') {
    return new Set(explode ? [] : ['array', 'object'])
  }
  return everyKind
}

function readContent(content: Raw, location: Location, what: string): ReadSerialization {
  const [[type, media] = ['', undefined], ...others] = Object.entries(content)
  if (others.length > 0) throw new Unsupported(`${what} has more than one media type.`)
  const essence = essenceOf(type)
  const isJson = isJsonType(essence)
  if (!isJson && essence !== 'text/plain') {
    throw new Unsupported(`${what} has the media type "${cleanText(type, 60)}".`)
  }
  if (isJson && location === 'cookie') {
    throw new Unsupported(`${what} is JSON, whose characters a cookie cannot hold.`)
  }
  const schema = isRecord(media) && isRecord(media.schema) ? media.schema : {}
  const narrowed = isJson ? { schema } : narrow(schema, new Set<Kind>(['scalar']), what)
  if (!narrowed) throw new Unsupported(`${what} is text/plain, but not of a scalar type.`)
  return {
    style: location === 'path' || location === 'header' ? 'simple' : 'form',
    explode: false,
    allowReserved: false,
    schema: narrowed.schema,
    content: isJson ? 'json' : 'text'
  }
}
