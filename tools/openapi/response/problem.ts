import { STATUS_CODES } from 'node:http'
import { maybeDone } from '../../../src/errors.ts'
import { isRecord } from '../../../src/json.ts'
import { cleanLine } from '../../outside/text.ts'
import type { ApiResponse } from '../client/client.ts'
import { parseAnswer } from './content.ts'

const maxTitleChars = 200
const maxFields = 10

/**
 * Status, title, names of refused fields where the document declares them, and advice. Nothing else
 * of the body, since it may hold a stack or an address.
 */
export function describeProblem(response: ApiResponse, responses: unknown): string {
  const { status } = response
  const phrase = STATUS_CODES[status] ?? 'unknown status'
  const problem = isProblemJson(response.mediaType) ? parseAnswer(response.body)?.value : undefined
  const title = response.mediaType === 'application/problem+json' ? titleOf(problem) : ''
  const fields = refusedFields(problem, declaredSchema(responses, response))
  const wait =
    response.retryAfterMs === undefined || status < 400
      ? ''
      : ` Wait ${Math.ceil(response.retryAfterMs / 1000)} s before calling again.`
  return [
    `The API answered ${status} (${phrase})${title && `: ${title}`}.`,
    fields.length > 0 ? ` Refused fields: ${fields.join(', ')}.` : '',
    ` ${adviceFor(response)}`,
    wait
  ].join('')
}

function isProblemJson(mediaType: string): boolean {
  return mediaType === 'application/problem+json' || mediaType === 'application/json'
}

/** The `title` of an RFC 9457 problem: text for people, the same for every occurrence. */
function titleOf(problem: unknown): string {
  const title = isRecord(problem) ? cleanLine(problem.title, maxTitleChars) : ''
  return isRevealing(title) ? '' : title.replace(/\.$/, '')
}

/** A careless API puts its exception there: addresses, paths and stack lines stay inside. */
function isRevealing(text: string): boolean {
  const hasAddress =
    /:\/\/|\d+\.\d+\.\d+\.\d+|[a-z][\w.-]*:\d{2,5}\b|[\da-f]*::[\da-f]/i.test(text) ||
    /[\w-]\.(?:internal|intranet|local|localdomain|lan|corp|svc|home)\b|\blocalhost\b/i.test(text)
  return hasAddress || /[\\/]\w+[\\/]|\bat .+:\d+|\w(?:Exception|Error)\b/.test(text)
}

function declaredSchema(responses: unknown, { status, mediaType }: ApiResponse): unknown {
  if (!isRecord(responses)) return undefined
  const key = [String(status), `${Math.floor(status / 100)}XX`, 'default'].find((each) =>
    Object.hasOwn(responses, each)
  )
  const declared = key === undefined ? undefined : responses[key]
  const content = isRecord(declared) && isRecord(declared.content) ? declared.content : {}
  const media = Object.hasOwn(content, mediaType) ? content[mediaType] : undefined
  return isRecord(media) ? media.schema : undefined
}

const listNames = /^(?:errors|violations|invalid[-_]?params|field[-_]?errors)$/i
const fieldKeys = ['field', 'name', 'parameter', 'param', 'property', 'pointer', 'path']

/** Names in a list such as `errors[].field`, when the answer's schema declares that list. */
function refusedFields(problem: unknown, schema: unknown): readonly string[] {
  if (!isRecord(problem)) return []
  const names = propertiesOf(schema).flatMap(([list, declared]) => {
    const entries = Object.hasOwn(problem, list) ? problem[list] : undefined
    if (!listNames.test(list) || !isRecord(declared) || !Array.isArray(entries)) return []
    const key = fieldKeys.find((each) =>
      propertiesOf(declared.items).some(([name, { type }]) => name === each && type === 'string')
    )
    return key === undefined ? [] : entries.map((entry) => (isRecord(entry) ? entry[key] : ''))
  })
  const safe = names.filter(
    (name): name is string =>
      typeof name === 'string' && /^[\w.[\]/$#-]{1,64}$/.test(name) && !isRevealing(name)
  )
  return [...new Set(safe)].slice(0, maxFields)
}

function propertiesOf(schema: unknown): [string, Record<string, unknown>][] {
  if (!isRecord(schema)) return []
  const parts = Array.isArray(schema.allOf) ? schema.allOf : []
  const own = isRecord(schema.properties) ? Object.entries(schema.properties) : []
  return [
    ...own.filter((entry): entry is [string, Record<string, unknown>] => isRecord(entry[1])),
    ...parts.flatMap((part: unknown) =>
      isRecord(part) && part.allOf === undefined ? propertiesOf(part) : []
    )
  ]
}

const advice: ReadonlyMap<number, string> = new Map([
  [304, 'Nothing has changed since the version that the arguments name.'],
  [401, 'The credential of this server was not accepted: do not retry, tell the operator.'],
  [403, 'The credential of this server does not allow this: do not retry, tell the operator.'],
  [404, 'Nothing is there for these arguments: check the ids, for example with a list tool.'],
  [408, 'Try again, or ask for less.'],
  [409, 'It conflicts with the present state: read the current data before trying again.'],
  [410, 'What was asked for is gone for good: do not retry.'],
  [412, 'It has changed in the meantime: read the current data before trying again.'],
  [429, 'The API wants fewer calls: wait before calling again.']
])

function adviceFor({ status, isWrite }: ApiResponse): string {
  const known = advice.get(status)
  if (known) return known
  // A gateway answers 502 and 504 also for what the server behind it has carried out.
  if (status >= 500 && isWrite) return `Outcome unknown: it ${maybeDone}`
  if (status >= 500) return 'The API failed: try again later; if it stays so, tell the operator.'
  if (status >= 400) return 'Check the arguments against the description of the tool.'
  return 'Redirects are not followed: tell the operator to correct the base URL.'
}
