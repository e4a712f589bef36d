import { hintAt } from '../../src/catalogue/nearest.ts'
import { ConfigError } from '../../src/config-error.ts'
import { isRecord } from '../../src/json.ts'
import type { ApiSettings, OperationOverride } from '../../src/settings/api-settings.ts'
import { Unsupported } from '../outside/schema/schema.ts'
import { cleanLine, cleanText } from '../outside/text.ts'
import { type Argument, type PlacedBody, placeArguments } from './arguments.ts'
import type { ApiDocument, Raw } from './document/document.ts'
import { livesElsewhere } from './document/servers.ts'
import { parseTemplate, type Segment } from './document/template.ts'
import { createNameGiver } from './names.ts'
import { readBody } from './request/body.ts'
import { type Owned, type Parameter, readParameters } from './request/parameters.ts'
import { readAnswer } from './response/answer.ts'

const maxDescriptionChars = 1_000
const maxTitleChars = 100

/** An operation that can be sent exactly as the document says. */
export interface Operation {
  /** Its operationId, or method and path. */
  readonly id: string
  /** Name of the tool. */
  readonly name: string
  readonly method: string
  readonly segments: readonly Segment[]
  readonly parameters: readonly Parameter[]
  readonly body?: PlacedBody
  /** Every argument of the tool, in order. */
  readonly arguments: readonly Argument[]
  readonly title: string
  readonly description: string
  /** The dereferenced schema of the one JSON answer that means success, when there is one. */
  readonly answer?: unknown
  /** `responses` of the document. */
  readonly responses?: unknown
  /** What to accept, when it is not plain JSON. */
  readonly accept?: string
  /** What of the document a call cannot give, with the reasons. */
  readonly notes: readonly string[]
  /** What the credential of the API fills, so no argument may. */
  readonly owned: Owned
}

/** An operation as it stands in the document. */
export interface Candidate {
  readonly id: string
  readonly name: string
  readonly method: string
  readonly path: string
  readonly tags: readonly string[]
  readonly isDeprecated: boolean
  readonly override?: OperationOverride
  /** Throws Unsupported with the reason why it cannot be sent exactly. */
  read(): Operation
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

export interface OperationOptions {
  readonly overrides: ApiSettings['operations']
  readonly owned: Owned
}

/** Lists every operation of a document. Throws a ConfigError for an override of none of them. */
export function listOperations(
  document: ApiDocument,
  { overrides, owned }: OperationOptions
): readonly Candidate[] {
  const entries = entriesOf(document)
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  for (const id of Object.keys(overrides)) {
    if (!byId.has(id)) throw unknownOperation(`apis.operations.${id}`, id, [...byId.keys()])
  }
  const reserved = Object.values(overrides).flatMap(({ name }) => name ?? [])
  if (new Set(reserved).size < reserved.length) {
    throw new ConfigError('apis.operations: two operations have the same name')
  }
  const giveName = createNameGiver(reserved)
  const overridden = new Set<string>()
  return entries.map((entry) => {
    const { id, method, path, raw } = entry
    // An operationId that is there twice, against the specification, is overridden once.
    const isFirst = Object.hasOwn(overrides, id) && !overridden.has(id)
    const override = isFirst ? overrides[id] : undefined
    overridden.add(id)
    // Every operation takes a name, offered or not: offering one later must not rename the rest.
    const name = override?.name ?? giveName(id, method, path)
    return Object.freeze({
      id,
      name,
      method,
      path,
      tags: Object.freeze(listOfTexts(raw.tags)),
      isDeprecated: raw.deprecated === true,
      ...(override && { override }),
      read: () => readOperation(document, entry, name, override, owned)
    })
  })
}

/** The error for an operationId that the document does not have. */
export function unknownOperation(setting: string, id: string, ids: readonly string[]): ConfigError {
  const name = cleanLine(id, 64)
  return new ConfigError(`${setting}: the document has no operation ${name}${hintAt(id, ids)}`)
}

interface Entry {
  readonly id: string
  readonly path: string
  readonly method: string
  readonly pathItem: Raw
  readonly raw: Raw
}

function entriesOf(document: ApiDocument): readonly Entry[] {
  return Object.entries(document.paths as Raw).flatMap(([path, pathItem]) => {
    if (!path.startsWith('/') || !isRecord(pathItem)) return []
    return methods.flatMap((lower) => {
      const raw = pathItem[lower]
      if (!isRecord(raw)) return []
      const method = lower.toUpperCase()
      const id = cleanLine(raw.operationId, 200) || cleanLine(`${method} ${path}`, 1_000)
      return [{ id, path, method, pathItem, raw }]
    })
  })
}

function listOfTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

function readOperation(
  document: ApiDocument,
  { id, path, method, pathItem, raw }: Entry,
  name: string,
  override: OperationOverride | undefined,
  owned: Owned
): Operation {
  if (method === 'TRACE' || method === 'OPTIONS') throw new Unsupported(`${method} is not offered.`)
  if (livesElsewhere(document, pathItem, raw)) {
    throw new Unsupported('it lives on a server of its own.')
  }
  const { parameters, notes } = readParameters(pathItem, raw, owned)
  const { body, notes: bodyNotes } = readBody(raw.requestBody, method)
  const placed = placeArguments(id, parameters, body, override)
  const summary = cleanLine(raw.summary, maxTitleChars)
  const answer = readAnswer(raw)
  return Object.freeze({
    id,
    name,
    method,
    segments: parseTemplate(path, parameters),
    parameters: placed.parameters,
    ...(placed.body && { body: placed.body }),
    arguments: placed.list,
    title: override?.title ?? (summary || name),
    description:
      override?.description ??
      (describe(raw, summary) || cleanLine(`${method} ${path}`, maxDescriptionChars)),
    ...(method !== 'HEAD' && { answer: answer.schema }),
    responses: raw.responses,
    ...(answer.accept !== undefined && { accept: answer.accept }),
    notes: Object.freeze([...notes, ...bodyNotes]),
    owned
  })
}

function describe(raw: Raw, summary: string): string {
  const description = cleanText(raw.description, maxDescriptionChars)
  if (description.startsWith(summary)) return description
  return cleanText(`${summary}\n\n${description}`, maxDescriptionChars)
}
