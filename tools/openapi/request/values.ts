import { ToolError } from '../../../src/define-tool.ts'
import { isRecord } from '../../../src/json.ts'

/** A value as the styles see it: one text, a list of texts, or named texts. */
export type Value =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly string[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, string])[] }

export type ReadText = (argument: string, value: unknown) => string

/**
 * RFC 6570, section 2.3: null, an empty list and an object without members are undefined, and so
 * are the members of an object that are null. Throws a ToolError for what nests deeper: the
 * specification gives it no form.
 */
export function readValue(argument: string, value: unknown, readText: ReadText): Value {
  if (value === undefined || value === null) return { kind: 'nothing' }
  if (Array.isArray(value)) {
    if (value.length === 0) return { kind: 'nothing' }
    return { kind: 'array', items: value.map((item) => readText(argument, item)) }
  }
  if (!isRecord(value)) return { kind: 'scalar', text: readText(argument, value) }
  const given = Object.entries(value).filter(([, member]) => member !== null)
  if (given.length === 0) return { kind: 'nothing' }
  const entries = given.map(([key, member]) => {
    return [readText(argument, key), readText(`${argument}.${key}`, member)] as const
  })
  return { kind: 'object', entries }
}

/** Text for an address or a header. */
export function lineText(argument: string, value: unknown): string {
  const text = bodyText(argument, value)
  // Line breaks split headers and logs of careless servers.
  if (/\p{Cc}/u.test(text)) throw unsendable(argument)
  return text
}

/** Text for a query with `allowReserved`, where percent-encoded triplets stay as they are. */
export function reservedText(argument: string, value: unknown): string {
  const text = lineText(argument, value)
  for (const [triplets] of text.matchAll(/(?:%[\dA-Fa-f]{2})+/g)) {
    if (/\p{Cc}/u.test(Buffer.from(triplets.replaceAll('%', ''), 'hex').toString())) {
      throw unsendable(argument)
    }
  }
  return text
}

/** Text for a body, where line breaks are data. */
export function bodyText(argument: string, value: unknown): string {
  const isScalar = typeof value === 'number' || typeof value === 'boolean'
  if (typeof value !== 'string' && !isScalar) {
    throw new ToolError(`Argument "${argument}" must be a text, a number or a boolean.`)
  }
  const text = String(value)
  // A lone surrogate has no UTF-8 form.
  if (/\p{Cs}/u.test(text)) throw unsendable(argument)
  return text
}

function unsendable(argument: string): ToolError {
  return new ToolError(
    `Argument "${argument}" must not contain control characters or broken Unicode.`
  )
}

/** Encodes everything but the unreserved characters of RFC 3986, section 2.3. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
}

/** OpenAPI 3.1.2, "URL Percent-Encoding": content in a form, as RFC 1866 and RFC 1738 want it. */
export function encodeForm(text: string): string {
  return encode(text).replaceAll('~', '%7E').replaceAll('%20', '+')
}

/**
 * RFC 6570, section 3.2.3, for `allowReserved`: reserved characters and percent-encoded triplets
 * stay, except what would leave the value (`&`, `+`, `#`), what a query cannot hold (`[`, `]`) and
 * `'`, which the WHATWG URL parser encodes in any case.
 */
export function encodeReserved(text: string): string {
  return text
    .split(/(%[\dA-Fa-f]{2}|[:/?@!$()*,;=])/)
    .map((part, index) => (index % 2 === 1 ? part : encode(part)))
    .join('')
}

const maxDecodings = 4

/**
 * True for a text with a dot segment in it: as it stands, or once a proxy has decoded it (nginx
 * does so before it routes, others twice), folded full-width forms or cut `;` parameters off.
 */
export function isTraversal(text: string): boolean {
  let plain = text
  for (let round = 0; round <= maxDecodings; round++) {
    if (plain.normalize('NFKC').split(/[/\\]/).some(isDots)) return true
    plain = plain.replace(/%([0-7][\dA-Fa-f])/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16))
    )
  }
  return false
}

function isDots(part: string): boolean {
  return /^\.{1,2}(?:;|$)/.test(part)
}
