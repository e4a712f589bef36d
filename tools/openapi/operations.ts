import { isRecord } from '../../src/json.ts'
import type { ApiDocument } from './document.ts'
import { createNameGiver, type NameGiver } from './names.ts'
import { type Parameter, readParameters } from './parameters.ts'
import { Unsupported } from './schema.ts'
import { cleanLine, cleanText } from './text.ts'

const maxDescriptionChars = 1_000
const maxTitleChars = 100

/** One segment of a path template: literal text and parameters in order. */
export type Segment = readonly (string | Parameter)[]

/** An operation that can be sent exactly as the document says. */
export interface Operation {
  /** Its operationId, or method and path. */
  readonly id: string
  /** Name of the tool. */
  readonly name: string
  readonly method: 'GET' | 'HEAD'
  readonly segments: readonly Segment[]
  readonly parameters: readonly Parameter[]
  readonly title: string
  readonly description: string
  /** The dereferenced schema of the one JSON answer that means success, when there is one. */
  readonly answer?: unknown
}

export interface Refused {
  readonly operation: string
  readonly reason: string
}

export interface Operations {
  readonly operations: readonly Operation[]
  /** What is not offered, and why. With `operations` it covers the whole document. */
  readonly refused: readonly Refused[]
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const
const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD'])

type Raw = Readonly<Record<string, unknown>>

/** Reads every operation of a document; one that cannot be sent exactly is refused with a reason. */
export function readOperations(document: ApiDocument): Operations {
  const operations: Operation[] = []
  const refused: Refused[] = []
  const giveName = createNameGiver()
  for (const entry of entriesOf(document)) {
    const id = cleanLine(entry.raw.operationId, 200) || `${entry.method} ${entry.path}`
    try {
      operations.push(toOperation(entry, id, giveName))
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error
      refused.push(Object.freeze({ operation: id, reason: error.message }))
    }
  }
  return Object.freeze({ operations: Object.freeze(operations), refused: Object.freeze(refused) })
}

interface Entry {
  readonly path: string
  readonly method: string
  readonly pathItem: Raw
  readonly raw: Raw
}

function entriesOf(document: ApiDocument): readonly Entry[] {
  return Object.entries(document.paths as Raw).flatMap(([path, pathItem]) => {
    if (!path.startsWith('/') || !isRecord(pathItem)) return []
    return methods.flatMap((method) => {
      const raw = pathItem[method]
      return isRecord(raw) ? [{ path, method: method.toUpperCase(), pathItem, raw }] : []
    })
  })
}

function toOperation(entry: Entry, id: string, giveName: NameGiver): Operation {
  const { path, method, pathItem, raw } = entry
  // Refused operations take a name too: a later version that offers them must not rename the rest.
  const name = giveName(id, method, path)
  if (!readMethods.has(method)) throw new Unsupported('only GET and HEAD are offered (read-only).')
  if (raw.deprecated === true) throw new Unsupported('it is deprecated.')
  if (raw.requestBody !== undefined) throw new Unsupported(`it has a request body on ${method}.`)
  if (raw.servers !== undefined || pathItem.servers !== undefined) {
    throw new Unsupported('it lives on a server of its own.')
  }
  const parameters = readParameters(pathItem, raw)
  const summary = cleanLine(raw.summary, maxTitleChars)
  return Object.freeze({
    id,
    name,
    method: method === 'GET' ? 'GET' : 'HEAD',
    segments: parseTemplate(path, parameters),
    parameters: Object.freeze(parameters),
    title: summary || name,
    description: describe(raw, summary) || `${method} ${path}`,
    answer: method === 'GET' ? readAnswer(raw) : undefined
  })
}

function describe(raw: Raw, summary: string): string {
  const description = cleanText(raw.description, maxDescriptionChars)
  if (description.startsWith(summary)) return description
  return cleanText(`${summary}\n\n${description}`, maxDescriptionChars)
}

function parseTemplate(path: string, parameters: readonly Parameter[]): readonly Segment[] {
  const byName = new Map(
    parameters.filter(({ location }) => location === 'path').map((each) => [each.name, each])
  )
  const used = new Set<string>()
  const segments = path
    .slice(1)
    .split('/')
    .map((text) => parseSegment(text, byName, used))
  for (const name of byName.keys()) {
    if (!used.has(name)) throw new Unsupported(`its path does not use the parameter "${name}".`)
  }
  return Object.freeze(segments)
}

function parseSegment(
  text: string,
  byName: ReadonlyMap<string, Parameter>,
  used: Set<string>
): Segment {
  // What URL parsing would fold or rewrite (WHATWG URL, section 4.4) has no exact meaning.
  if (/^(?:\.|%2e){1,2}$/i.test(text)) throw new Unsupported('its path has a dot segment.')
  const parts = text.split(/\{([^{}]*)\}/).map((part, index) => {
    if (index % 2 === 0) return checkLiteral(part)
    const parameter = byName.get(part)
    if (!parameter) throw new Unsupported(`its path parameter "${part}" is not declared.`)
    used.add(part)
    return parameter
  })
  return Object.freeze(parts.filter((part, index) => part !== '' || index % 2 === 1))
}

/** RFC 3986, section 3.3: the characters of a path segment. */
function checkLiteral(text: string): string {
  if (/^(?:[\w.~!$&'()*+,;=:@-]|%[\dA-Fa-f]{2})*$/.test(text)) return text
  throw new Unsupported('its path holds characters that a URL path cannot hold.')
}

function readAnswer(raw: Raw): unknown {
  const responses = isRecord(raw.responses) ? Object.entries(raw.responses) : []
  const successes = responses.filter(([status]) => /^2/.test(status))
  const answers = successes.length > 0 ? successes : responses.filter(([key]) => key === 'default')
  const schemas = answers.map(([, response]) => jsonSchemaOf(response))
  return schemas.length === 1 ? schemas[0] : undefined
}

function jsonSchemaOf(response: unknown): unknown {
  const content = isRecord(response) && isRecord(response.content) ? response.content : {}
  const types = Object.keys(content)
  if (types.length === 0) return undefined
  const json = types.find((type) => /^(?:application\/([\w.+-]+\+)?json|[\w*]+\/\*)\b/i.test(type))
  if (json === undefined) {
    throw new Unsupported(`it answers ${cleanLine(types[0], 60)}: only JSON is supported.`)
  }
  const media = content[json]
  return isRecord(media) ? media.schema : undefined
}
