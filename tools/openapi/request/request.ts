import { ToolError } from '../../../src/define-tool.ts'
import { isRecord } from '../../../src/json.ts'
import { isRead } from '../../outside/method.ts'
import type { Segment } from '../document/template.ts'
import type { Operation } from '../operations.ts'
import { buildBody } from './body-request.ts'
import type { Parameter } from './parameters.ts'
import { headerText, isSpokenFor, pathText, percentCodec, queryPairs } from './styles.ts'
import { encode, isTraversal, lineText, readValue, reservedText, type Value } from './values.ts'

/** Most servers accept a request line of 8 KiB. */
const maxUrlChars = 8_000

/** Where an API lives: its origin and the path before every operation, without a slash at the end. */
export interface ApiBase {
  readonly origin: string
  readonly path: string
}

export interface ApiRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** True for a read, and for a write that carries an idempotency key. */
  readonly mayRetry: boolean
}

type Given = Readonly<Record<string, unknown>>

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
  const path = operation.segments
    .map((segment) => buildSegment(segment, operation, given))
    .join('/')
  const query = buildQuery(operation, given)
  const text = `${base.origin}${base.path}/${path}${query && `?${query}`}`
  if (text.length > maxUrlChars) {
    throw new ToolError('The arguments are too long for one request: give fewer or shorter values.')
  }
  const url = new URL(text)
  if (url.href !== text || !keepsTemplate(url, base, operation)) {
    throw new ToolError('These arguments would lead to another address, so nothing was sent.')
  }
  const { method } = operation
  const headers = buildHeaders(operation, given)
  const body = writeBody(operation, given)
  if (body) headers['content-type'] = body.contentType
  const hasKey = 'idempotency-key' in headers || 'x-idempotency-key' in headers
  const mayRetry = isRead(method) || hasKey
  return Object.freeze({ method, url, headers, mayRetry, ...(body && { body: body.body }) })
}

/** An own property only: `constructor` and the like are not arguments nobody gave. */
function givenValue(given: Given, argument: string): unknown {
  return Object.hasOwn(given, argument) ? given[argument] : undefined
}

/** The value of a parameter; throws a ToolError when a required one has none. */
function readGiven(parameter: Parameter, given: Given): Value {
  const { argument, content, allowReserved } = parameter
  const value = givenValue(given, argument)
  const read =
    content === 'json'
      ? jsonValue(value)
      : readValue(argument, value, allowReserved ? reservedText : lineText)
  if (parameter.required && read.kind === 'nothing') {
    throw new ToolError(`Argument "${argument}" must have a value.`)
  }
  if (content === 'text' && read.kind !== 'nothing' && read.kind !== 'scalar') {
    throw new ToolError(`Argument "${argument}" must be a text, a number or a boolean.`)
  }
  return read
}

function jsonValue(value: unknown): Value {
  if (value === undefined) return { kind: 'nothing' }
  // JSON has escapes for everything that an address or a header cannot hold.
  const text = JSON.stringify(value).replace(/[^\x20-\x7e]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  return { kind: 'scalar', text }
}

function buildSegment(segment: Segment, { parameters }: Operation, given: Given): string {
  let last: Parameter | undefined
  const text = segment
    .map((part) => {
      if (typeof part === 'string') return part
      last = parameters.find(({ location, name }) => location === 'path' && name === part.name)
      return last ? pathPart(last, readGiven(last, given)) : ''
    })
    .join('')
  if (last && (text === '' || isTraversal(text))) throw dotted(last)
  return text
}

function pathPart(parameter: Parameter, value: Value): string {
  for (const text of textsOf(value)) {
    // No encoding saves these: URL parsers fold `..`, `%2e%2e` and `.%2E` alike, and an empty
    // segment reaches the collection instead of the item.
    const isEmpty = text === '' && parameter.style === 'simple'
    if (isEmpty || isTraversal(text)) throw dotted(parameter)
  }
  return pathText(parameter, value)
}

function textsOf(value: Value): readonly string[] {
  if (value.kind === 'scalar') return [value.text]
  if (value.kind === 'array') return value.items
  return value.kind === 'object' ? value.entries.flat() : []
}

function dotted({ argument }: Parameter): ToolError {
  return new ToolError(
    `Argument "${argument}" must not be empty, "." or "..", also between slashes or encoded: it is part of a path.`
  )
}

function buildQuery(operation: Operation, given: Given): string {
  const queries = operation.parameters.filter(({ location }) => location === 'query')
  return queries
    .flatMap((parameter) => {
      const value = readGiven(parameter, given)
      if (parameter.style === 'form' && parameter.explode && value.kind === 'object') {
        refuseForeignNames(parameter, value.entries, operation)
      }
      return queryPairs(parameter, value, percentCodec(parameter))
    })
    .map(([name, text]) => `${name}=${text}`)
    .join('&')
}

/** An exploded object names its own query parameters: it must not speak for another one. */
function refuseForeignNames(
  parameter: Parameter,
  entries: readonly (readonly [string, string])[],
  { parameters, owned }: Operation
): void {
  for (const [key] of entries) {
    const others = parameters.filter((each) => each.location === 'query' && each !== parameter)
    const names = [...owned.queries, ...others.map(({ name }) => name)]
    if (names.some((name) => isSpokenFor(name, key))) {
      throw new ToolError(
        `Argument "${parameter.argument}" must not hold "${key}", which is a parameter of its own.`
      )
    }
  }
}

function buildHeaders(operation: Operation, given: Given): Record<string, string> {
  const headers: Record<string, string> = Object.create(null)
  if (operation.accept !== undefined) headers.accept = operation.accept
  const cookies: string[] = []
  for (const parameter of operation.parameters) {
    if (parameter.location !== 'header' && parameter.location !== 'cookie') continue
    const value = readGiven(parameter, given)
    if (value.kind === 'nothing') continue
    if (parameter.location === 'header') {
      headers[parameter.name.toLowerCase()] = headerLine(parameter, headerText(parameter, value))
    } else cookies.push(`${parameter.name}=${cookieText(parameter, value)}`)
  }
  if (cookies.length > 0) headers.cookie = cookies.join('; ')
  return headers
}

/** RFC 9110, section 5.5: white space around a value is lost, and beyond ASCII nothing is agreed. */
function headerLine({ argument }: Parameter, text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && text.trim() === text) return text
  throw new ToolError(
    `Argument "${argument}" must be ASCII text without spaces around it: it is sent as a header.`
  )
}

function cookieText({ argument, content }: Parameter, value: Value): string {
  if (value.kind !== 'scalar') {
    throw new ToolError(`Argument "${argument}" must be a text, a number or a boolean.`)
  }
  // Appendix D: the form style without its `?`; content passes as it is, if a cookie can hold it.
  if (content === undefined) return encode(value.text)
  if (/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value.text)) return value.text
  throw new ToolError(`Argument "${argument}" holds characters that a cookie cannot hold.`)
}

function writeBody({ body }: Operation, given: Given) {
  if (!body) return undefined
  const value = bodyValue(body, given)
  if (value === undefined) {
    if (!body.required) return undefined
    throw new ToolError(`Argument "${body.argument}" must have a value.`)
  }
  return buildBody(body, body.argument, value)
}

function bodyValue(body: NonNullable<Operation['body']>, given: Given): unknown {
  if (!body.properties) return givenValue(given, body.argument)
  const entries = [...body.properties].flatMap(([argument, property]) => {
    const value = givenValue(given, argument)
    return value === undefined ? [] : [[property, value]]
  })
  return entries.length === 0 && !body.required ? undefined : Object.fromEntries(entries)
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
  if (segment.every((part) => typeof part === 'string')) return text === segment.join('')
  const [first] = segment
  const last = segment.at(-1)
  return (
    text !== '' &&
    (typeof first !== 'string' || text.startsWith(first)) &&
    (typeof last !== 'string' || text.endsWith(last))
  )
}
