import { isRecord } from '../../../src/json.ts'

/** What a keyword's value holds. Keywords not listed are dropped: `$id`, `$async`, `xml`, `x-…`. */
export const keywordsOf = {
  value: [
    ...['type', 'enum', 'const', 'default', 'title', 'description', 'examples', 'deprecated'],
    ...['format', 'pattern', 'minLength', 'maxLength', 'contentEncoding', 'contentMediaType'],
    ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
    ...['minItems', 'maxItems', 'uniqueItems', 'minContains', 'maxContains'],
    ...['required', 'minProperties', 'maxProperties', 'dependentRequired'],
    ...['readOnly', 'writeOnly']
  ],
  schema: [
    ...['items', 'additionalProperties', 'propertyNames', 'contains', 'not', 'if', 'then', 'else'],
    ...['unevaluatedItems', 'unevaluatedProperties']
  ],
  list: ['allOf', 'anyOf', 'oneOf', 'prefixItems'],
  map: ['properties', 'patternProperties', 'dependentSchemas']
}

export type KeywordKind = keyof typeof keywordsOf

/** The same, by keyword. */
export const keywords: ReadonlyMap<string, KeywordKind> = new Map(
  (Object.keys(keywordsOf) as KeywordKind[]).flatMap((kind) =>
    keywordsOf[kind].map((keyword) => [keyword, kind] as const)
  )
)

/** The schemas directly inside a schema. */
export function childrenOf(schema: Record<string, unknown>): readonly unknown[] {
  const children: unknown[] = []
  for (const keyword of Object.keys(schema)) {
    const kind = keywords.get(keyword)
    if (kind === undefined || kind === 'value') continue
    const value = schema[keyword]
    if (kind === 'schema') children.push(value)
    else if (kind === 'list' && Array.isArray(value)) children.push(...value)
    else if (kind === 'map' && isRecord(value)) children.push(...Object.values(value))
  }
  return children
}
