import { isRecord } from '../../../src/json.ts'

export type KeywordKind = 'value' | 'schema' | 'list' | 'map'

/** What a keyword's value holds. Keywords not listed are dropped: `$id`, `$async`, `xml`, `x-…`. */
export const keywords: ReadonlyMap<string, KeywordKind> = new Map([
  ...values('type', 'enum', 'const', 'default', 'title', 'description', 'examples', 'deprecated'),
  ...values('format', 'pattern', 'minLength', 'maxLength', 'contentEncoding', 'contentMediaType'),
  ...values('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'),
  ...values('minItems', 'maxItems', 'uniqueItems', 'minContains', 'maxContains'),
  ...values('required', 'minProperties', 'maxProperties', 'dependentRequired'),
  ...values('readOnly', 'writeOnly'),
  ...kinds('schema', 'items', 'additionalProperties', 'propertyNames', 'contains', 'not'),
  ...kinds('schema', 'if', 'then', 'else', 'unevaluatedItems', 'unevaluatedProperties'),
  ...kinds('list', 'allOf', 'anyOf', 'oneOf', 'prefixItems'),
  ...kinds('map', 'properties', 'patternProperties', 'dependentSchemas')
])

function values(...names: string[]): [string, 'value'][] {
  return names.map((name) => [name, 'value'])
}

function kinds<Kind extends 'schema' | 'list' | 'map'>(
  kind: Kind,
  ...names: string[]
): [string, Kind][] {
  return names.map((name) => [name, kind])
}

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
