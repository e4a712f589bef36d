import { isRecord } from '../../../src/json.ts'
import { Unsupported } from '../../outside/schema/schema.ts'
import { cleanText } from '../../outside/text.ts'
import type { Raw } from '../document/document.ts'
import { readSerialization } from './parameter-style.ts'
import { type Location, locations, type Named } from './styles.ts'

const maxDescriptionChars = 400

export interface Parameter extends Named {
  readonly location: Location
  readonly required: boolean
  readonly description: string
  /** The dereferenced schema, cut down to what the style can write. */
  readonly schema: unknown
  /** Set when the parameter has `content` instead of a style. */
  readonly content?: 'json' | 'text'
}

/** A parameter before it got the name of its argument. */
export type Declared = Omit<Parameter, 'argument'>

export interface Declarations {
  readonly parameters: readonly Declared[]
  /** What a call cannot give although the document has it, with the reason. */
  readonly notes: readonly string[]
}

/** What the credential of the API fills: a model must not. Header names in lower case. */
export interface Owned {
  readonly headers: ReadonlySet<string>
  readonly queries: ReadonlySet<string>
}

type RawParameter = Raw & {
  readonly name: string
  readonly in: string
}

/** OpenAPI 3.1.1, section 4.8.12.2.1: header parameters of these names are to be ignored. */
const ignoredHeaders: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization'])

/** They frame or route the message, choose its method or belong to the connection. */
const forbiddenHeaders: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'content-encoding', 'transfer-encoding', 'te', 'trailer'],
  ...['connection', 'keep-alive', 'upgrade', 'expect', 'accept-encoding', 'cookie', 'set-cookie'],
  ...['proxy-authorization', 'proxy-authenticate', 'proxy-connection', 'http2-settings'],
  ...['x-http-method-override', 'x-http-method', 'x-method-override'],
  ...['x-original-url', 'x-rewrite-url']
])

/**
 * The parameters that a call can give, in the order path, query, header, cookie. An optional one
 * that cannot be sent exactly is left out with a note. Throws Unsupported for a required one.
 */
export function readParameters(pathItem: Raw, operation: Raw, owned: Owned): Declarations {
  const merged = mergeParameters(pathItem.parameters, operation.parameters)
  const parameters: Declared[] = []
  const notes: string[] = []
  for (const raw of [...merged.values()].filter((each) => !isFilledElsewhere(each, owned))) {
    try {
      const { parameter, note } = toParameter(raw)
      parameters.push(parameter)
      if (note) notes.push(`${describe(raw)} ${note}.`)
    } catch (error) {
      const isNeeded = raw.in === 'path' || raw.required === true
      if (!(error instanceof Unsupported) || isNeeded) throw error
      notes.push(`left out: ${error.message}`)
    }
  }
  const rank = (each: Declared) => locations.indexOf(each.location)
  return { parameters: parameters.sort((a, b) => rank(a) - rank(b)), notes }
}

/** Those of the operation win over those of its path. */
function mergeParameters(...lists: readonly unknown[]): ReadonlyMap<string, RawParameter> {
  return new Map(
    lists.flatMap(listOf).map((raw) => {
      const name = raw.in === 'header' ? raw.name.toLowerCase() : raw.name
      return [`${raw.in} ${name}`, raw]
    })
  )
}

function listOf(parameters: unknown): readonly RawParameter[] {
  if (parameters === undefined) return []
  if (!Array.isArray(parameters)) throw new Unsupported('its parameters are not a list.')
  return parameters.map((raw: unknown) => {
    if (!isRecord(raw) || typeof raw.name !== 'string' || typeof raw.in !== 'string') {
      throw new Unsupported(
        'one of its parameters has no name or location (or is in another file).'
      )
    }
    return raw as RawParameter
  })
}

function isFilledElsewhere(raw: RawParameter, owned: Owned): boolean {
  if (raw.in === 'query') return owned.queries.has(raw.name)
  const name = raw.name.toLowerCase()
  return raw.in === 'header' && (ignoredHeaders.has(name) || owned.headers.has(name))
}

function toParameter(raw: RawParameter): { readonly parameter: Declared; readonly note?: string } {
  const what = describe(raw)
  const location = locations.find((each) => each === raw.in)
  if (!location) throw new Unsupported(`${what} is in no place we know.`)
  checkName(raw, what)
  const { note, ...serialization } = readSerialization(raw, location, what)
  const parameter = Object.freeze({
    name: raw.name,
    location,
    required: location === 'path' || raw.required === true,
    description: cleanText(raw.description, maxDescriptionChars),
    ...serialization
  })
  return { parameter, ...(note && { note }) }
}

function checkName(raw: RawParameter, what: string): void {
  const { name } = raw
  if (name === '' || /[\p{Cc}\p{Cs}]/u.test(name)) {
    throw new Unsupported(`${what} has a name that cannot be sent.`)
  }
  if (name === '__proto__') throw new Unsupported(`${what} has a reserved name.`)
  if (raw.in !== 'header' && raw.in !== 'cookie') return
  // RFC 9110, section 5.6.2, and RFC 6265, section 4.1.1: both names are tokens.
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    throw new Unsupported(`${what} has a name that is no token.`)
  if (raw.in === 'header' && forbiddenHeaders.has(name.toLowerCase())) {
    throw new Unsupported(`${what} belongs to the connection, not to the call.`)
  }
}

function describe(raw: RawParameter): string {
  return `the ${cleanText(raw.in, 20)} parameter "${cleanText(raw.name, 64)}"`
}
