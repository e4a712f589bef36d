import { ToolError } from '../../src/define-tool.ts'
import { isRecord } from '../../src/json.ts'
import type { Operation, Segment } from './operations.ts'
import type { Parameter } from './parameters.ts'

/** Most servers accept a request line of 8 KiB. */
const maxUrlChars = 8_000

/** Where an API lives: its origin and the path before every operation, without a slash at the end. */
export interface ApiBase {
  readonly origin: string
  readonly path: string
}

export interface ApiRequest {
  readonly method: 'GET' | 'HEAD'
  readonly url: URL
}

/** Reads the base URL of an API. Throws an Error, which does not repeat it, when it is not usable. */
export function parseBaseUrl(text: string): ApiBase {
  if (!URL.canParse(text)) throw new Error('The base URL of the API is not a URL.')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error('The base URL of the API must start with http:// or https://.')
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new Error('The base URL of the API must not hold credentials, a query or a fragment.')
  }
  return Object.freeze({ origin: url.origin, path: url.pathname.replace(/\/+$/, '') })
}

/**
 * Builds the request of an operation. Whatever the arguments are, the URL has the origin, base
 * path, number of segments and literal segments of the template; what would change them is
 * refused with a ToolError that names the argument.
 */
export function buildRequest(base: ApiBase, operation: Operation, args: unknown): ApiRequest {
  const given = isRecord(args) ? args : {}
  const path = operation.segments.map((segment) => buildSegment(segment, given)).join('/')
  const query = operation.parameters
    .filter(({ location }) => location === 'query')
    .flatMap((parameter) => queryPairs(parameter, givenValue(given, parameter)))
    .join('&')
  const text = `${base.origin}${base.path}/${path}${query && `?${query}`}`
  if (text.length > maxUrlChars) {
    throw new ToolError('The arguments are too long for one request: give fewer or shorter values.')
  }
  const url = new URL(text)
  if (url.href !== text || !keepsTemplate(url, base, operation)) {
    throw new ToolError('These arguments would lead to another address, so nothing was sent.')
  }
  return { method: operation.method, url }
}

function buildSegment(segment: Segment, given: Readonly<Record<string, unknown>>): string {
  return segment
    .map((part) => (typeof part === 'string' ? part : pathText(part, givenValue(given, part))))
    .join('')
}

/** An own property only: `constructor` and the like are not arguments nobody gave. */
function givenValue(given: Readonly<Record<string, unknown>>, { argument }: Parameter): unknown {
  return Object.hasOwn(given, argument) ? given[argument] : undefined
}

/** Simple style, RFC 6570, section 3.2.2. */
function pathText(parameter: Parameter, value: unknown): string {
  const items = (Array.isArray(value) ? value : [value]).map((item) => scalarText(parameter, item))
  for (const item of items) {
    // No encoding saves these: URL parsers fold `..`, `%2e%2e` and `.%2E` alike, and an empty
    // segment reaches the collection instead of the item.
    if (item === '' || item === '.' || item === '..') {
      throw new ToolError(
        `Argument "${parameter.argument}" must not be empty, "." or "..": it is part of a path.`
      )
    }
  }
  if (items.length === 0) throw new ToolError(`Argument "${parameter.argument}" must not be empty.`)
  return items.map(encode).join(',')
}

/** Form style with explode, RFC 6570, section 3.2.8; null and an empty list are left out (2.3). */
function queryPairs(parameter: Parameter, value: unknown): readonly string[] {
  const values = Array.isArray(value) ? value : [value]
  const items = values.filter((item) => item !== undefined && item !== null)
  if (parameter.required && items.length === 0) {
    throw new ToolError(`Argument "${parameter.argument}" must have a value.`)
  }
  return items.map((item) => `${encode(parameter.name)}=${encode(scalarText(parameter, item))}`)
}

function scalarText({ argument }: Parameter, value: unknown): string {
  const isScalar = typeof value === 'number' || typeof value === 'boolean'
  if (typeof value !== 'string' && !isScalar) {
    throw new ToolError(`Argument "${argument}" must be a text, a number or a boolean.`)
  }
  const text = String(value)
  // Line breaks split headers and logs of careless servers; a lone surrogate has no UTF-8 form.
  if (/[\p{Cc}\p{Cs}]/u.test(text)) {
    throw new ToolError(
      `Argument "${argument}" must not contain control characters or broken Unicode.`
    )
  }
  return text
}

/** Encodes everything but the unreserved characters of RFC 3986, section 2.3. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
}

/** The last gate: looks at what the URL parser really made of it, not at what was meant. */
function keepsTemplate(url: URL, base: ApiBase, { segments }: Operation): boolean {
  const isSamePlace =
    url.origin === base.origin && url.username === '' && url.password === '' && url.hash === ''
  const prefix = `${base.path}/`
  if (!isSamePlace || !url.pathname.startsWith(prefix)) return false
  const sent = url.pathname.slice(prefix.length).split('/')
  return (
    sent.length === segments.length &&
    segments.every((segment, index) => matchesSegment(sent[index] ?? '', segment))
  )
}

function matchesSegment(text: string, segment: Segment): boolean {
  return segment.every((part) => typeof part === 'string') ? text === segment.join('') : text !== ''
}
