import { isRecord } from '../../../src/json.ts'
import { essenceOf } from '../media-type.ts'

/** A login page on 200 must not pass for an answer: HTML only where the document names it. */
export function isExpectedType(mediaType: string, responses: unknown): boolean {
  const declared = declaredTypes(responses)
  if (declared.length === 0) return mediaType !== '' && mediaType !== 'text/html'
  const family = `${mediaType.split('/')[0]}/*`
  return declared.some((each) => [mediaType, family, '*/*'].includes(each))
}

function declaredTypes(responses: unknown): readonly string[] {
  if (!isRecord(responses)) return []
  return Object.entries(responses).flatMap(([status, response]) =>
    /^(?:2|default$)/.test(status) && isRecord(response) && isRecord(response.content)
      ? Object.keys(response.content).map(essenceOf)
      : []
  )
}
