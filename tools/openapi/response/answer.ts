import { isRecord } from '../../../src/json.ts'

type Raw = Readonly<Record<string, unknown>>

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

const json = /^(?:application\/([\w.+-]+\+)?json|\*\/\*|application\/\*)\s*(;|$)/i

function jsonSchemaOf(content: Raw): unknown {
  const type = Object.keys(content).find((each) => json.test(each))
  const media = type === undefined ? undefined : content[type]
  return isRecord(media) ? media.schema : undefined
}

function acceptOf(types: readonly string[]): string | undefined {
  const essences = types
    .map((type) => type.split(';')[0]?.trim() ?? '')
    .filter((type) => /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/.test(type))
  if (
    essences.length === 0 ||
    essences.some((type) => /^(application\/json|\*\/\*)$/i.test(type))
  ) {
    return undefined
  }
  const [preferred = ''] = essences.filter((type) => json.test(type))
  return preferred || essences.slice(0, 8).join(', ')
}
