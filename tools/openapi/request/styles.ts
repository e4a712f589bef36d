import { ToolError } from '../../../src/define-tool.ts'
import { encode, encodeReserved, type Value } from './values.ts'

export const locations = ['path', 'query', 'header', 'cookie'] as const
export type Location = (typeof locations)[number]

export type PathStyle = 'simple' | 'label' | 'matrix'
export type QueryStyle = 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject'

/** How a value becomes text: OpenAPI 3.1.1, section 4.8.12.3, "Style Values". */
export interface Serialization {
  readonly style: PathStyle | QueryStyle
  readonly explode: boolean
  readonly allowReserved: boolean
}

export interface Named extends Serialization {
  /** Name among the tool's arguments, for errors. */
  readonly argument: string
  /** Name on the wire. */
  readonly name: string
}

/** Name and value as they are written, both encoded. */
export type Pair = readonly [name: string, value: string]

/** RFC 6570, sections 3.2.2 (simple), 3.2.5 (label) and 3.2.7 (matrix). */
export function pathText({ style, explode, name }: Named, value: Value): string {
  if (style === 'matrix') return matrixText(encode(name), explode, value)
  const prefix = style === 'label' ? '.' : ''
  if (value.kind === 'nothing') return ''
  if (value.kind === 'scalar') return prefix + encode(value.text)
  const separator = style === 'label' && explode ? '.' : ','
  const parts =
    value.kind === 'array'
      ? value.items.map(encode)
      : value.entries.map((entry) => entry.map(encode).join(explode ? '=' : separator))
  return prefix + parts.join(separator)
}

function matrixText(name: string, explode: boolean, value: Value): string {
  // Section 3.2.7: the equals sign is left out when the value is empty.
  const member = (key: string, text: string) => (text === '' ? `;${key}` : `;${key}=${text}`)
  if (value.kind === 'nothing') return ''
  if (value.kind === 'scalar') return member(name, encode(value.text))
  if (value.kind === 'array') {
    const items = value.items.map(encode)
    return explode
      ? items.map((item) => member(name, item)).join('')
      : member(name, items.join(','))
  }
  const entries = value.entries.map((entry) => entry.map(encode))
  if (explode) return entries.map(([key = '', text = '']) => member(key, text)).join('')
  return member(name, entries.flat().join(','))
}

/** Writes the parts of a pair; `plain` is for names and delimiters. */
export interface Codec {
  readonly plain: (text: string) => string
  readonly value: (text: string) => string
}

/** For addresses and style-based fields of a form. */
export function percentCodec({ allowReserved }: Serialization): Codec {
  return { plain: encode, value: allowReserved ? encodeReserved : encode }
}

/** OpenAPI 3.1.2, appendix C: in multipart/form-data nothing is percent-encoded. */
export const rawCodec: Codec = { plain: (text) => text, value: (text) => text }

/**
 * The query pairs of a value: RFC 6570, section 3.2.8 (form), and OpenAPI 3.1.1, "Style Examples",
 * for the others. Throws a ToolError for a value that the style cannot tell apart from another.
 */
export function queryPairs(named: Named, value: Value, codec: Codec): readonly Pair[] {
  if (value.kind === 'nothing') return []
  const { style, explode, name } = named
  if (style === 'deepObject') return deepPairs(named, value, codec)
  if (value.kind === 'scalar') {
    if (style !== 'form') throw wrongKind(named, 'a list or an object')
    return [[codec.plain(name), codec.value(value.text)]]
  }
  if (explode) {
    return value.kind === 'array'
      ? value.items.map((item) => [codec.plain(name), codec.value(item)])
      : value.entries.map(([key, text]) => [codec.plain(key), codec.value(text)])
  }
  const members = value.kind === 'array' ? value.items : value.entries.flat()
  return [[codec.plain(name), joinMembers(named, members, codec)]]
}

/** True for a key that a server may read as `name`: many take `Key`, `key[]` and `key[0]` for it. */
export function isSpokenFor(name: string, key: string): boolean {
  const [own, other] = [name.toLowerCase(), key.toLowerCase()]
  return own === other || other.startsWith(`${own}[`)
}

function deepPairs(named: Named, value: Value, codec: Codec): readonly Pair[] {
  if (value.kind !== 'object') throw wrongKind(named, 'an object')
  return value.entries.map(([key, text]) => {
    refuseDelimiter(named, key, /[[\]]/)
    return [codec.plain(`${named.name}[${key}]`), codec.value(text)]
  })
}

function joinMembers(named: Named, members: readonly string[], codec: Codec): string {
  if (named.style === 'form') {
    const isEncoded = codec.value(',') !== ','
    return members
      .map((member) => {
        // Reserved expansion keeps the comma, which is the delimiter here: appendix C leaves its
        // encoding to the application. Without any encoding there is no way to send it.
        if (codec === rawCodec) refuseDelimiter(named, member, /,/)
        const text = codec.value(member)
        return isEncoded || codec === rawCodec ? text : text.replaceAll(',', '%2C')
      })
      .join(',')
  }
  const delimiter = codec.plain(named.style === 'spaceDelimited' ? ' ' : '|')
  return members
    .map((member) => {
      const text = codec.value(member)
      // Appendix E: an encoded delimiter and the same character encoded as data look alike.
      if (text.toUpperCase().includes(delimiter)) refuseDelimiter(named, member, /.*/s)
      return text
    })
    .join(delimiter)
}

function refuseDelimiter({ argument, style }: Named, text: string, delimiter: RegExp): void {
  if (!delimiter.test(text)) return
  throw new ToolError(
    `Argument "${argument}" must not contain the delimiter of its style ${style} in "${text.slice(0, 40)}".`
  )
}

function wrongKind({ argument }: Named, kind: string): ToolError {
  return new ToolError(`Argument "${argument}" must be ${kind}.`)
}

/**
 * OpenAPI 3.1.2, "Fixed Fields for use with schema": header values pass through unchanged, so a
 * value that would read as another one is refused instead of quoted.
 */
export function headerText(named: Named, value: Value): string {
  if (value.kind === 'nothing') return ''
  if (value.kind === 'scalar') return value.text
  const { explode } = named
  if (value.kind === 'array') {
    for (const item of value.items) refuseDelimiter(named, item, /,/)
    return value.items.join(',')
  }
  return value.entries
    .map((entry) => {
      for (const part of entry) refuseDelimiter(named, part, /,/)
      if (explode) refuseDelimiter(named, entry[0], /=/)
      return entry.join(explode ? '=' : ',')
    })
    .join(',')
}
