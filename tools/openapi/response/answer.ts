import { isRecord } from '../../../src/json.ts'
import type { Raw } from '../document/document.ts'
import { essenceOf, isJsonType } from '../media-type.ts'

export interface Answer {
  /** The dereferenced schema of the one JSON answer that means success, when there is one. */
  readonly schema?: unknown
  /** What to accept, when it is not plain JSON. */
  readonly accept?: string
}

/** Reads what an operation answers when it succeeds. */
export function readAnswer(raw: Raw): Answer {
  const responses = isRecord(raw.responses) ? Object.entries(raw.responses) : []
  const successes = responses.filter(([status]) => /^2/.test(status))
  const answers = successes.length > 0 ? successes : responses.filter(([key]) => key === 'default')
  const contents = answers.map(([, response]) => contentOf(response))
  const types = [...new Set(contents.flatMap((content) => Object.keys(content)))]
  const schemas = contents.map(jsonSchemaOf)
  const accept = acceptOf(types)
  return {
    ...(schemas.length === 1 && { schema: schemas[0] }),
    ...(accept !== undefined && { accept })
  }
}

function contentOf(response: unknown): Raw {
  return isRecord(response) && isRecord(response.content) ? response.content : {}
}

/** JSON, or a range that holds it. */
function mayBeJson(mediaType: string): boolean {
  const essence = essenceOf(mediaType)
  return isJsonType(essence) || essence === '*/*' || essence === 'application/*'
}

function jsonSchemaOf(content: Raw): unknown {
  const type = Object.keys(content).find(mayBeJson)
  const media = type === undefined ? undefined : content[type]
  return isRecord(media) ? media.schema : undefined
}

function acceptOf(types: readonly string[]): string | undefined {
  // As the document spells them: its server may know them by that alone.
  const spelled = types
    .map((type) => type.split(';')[0]?.trim() ?? '')
    .filter((type) => /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/.test(type))
  const isPlain = spelled.some((type) => ['application/json', '*/*'].includes(essenceOf(type)))
  if (spelled.length === 0 || isPlain) return undefined
  const [preferred = ''] = spelled.filter(mayBeJson)
  return preferred || spelled.slice(0, 8).join(', ')
}
