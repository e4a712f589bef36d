import fc from 'fast-check'
import type { ShownTool } from '../../src/lock/pinned-tool.ts'

/* Definitions as servers outside may send them, and what may happen to them. */

const texts = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 }))
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(texts, fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(texts, tie('json'), { maxKeys: 5 })
  )
}))
const objects = fc.dictionary(texts, json, { maxKeys: 5 })

/** Only what JSON can say: no -0, no NaN. */
const shapes = fc.record(
  {
    name: fc.stringMatching(/^[a-z_]{1,6}$/),
    title: texts,
    description: texts,
    inputSchema: objects,
    outputSchema: objects,
    annotations: fc.dictionary(fc.constantFrom('title', 'readOnlyHint'), fc.boolean())
  },
  { requiredKeys: ['name', 'title', 'description', 'inputSchema'] }
)
export const definitions: fc.Arbitrary<ShownTool> = shapes.map((shape) =>
  JSON.parse(JSON.stringify(shape))
)

/** The same value with the keys of every object in another order. */
export function shuffle(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffle(item, next))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([key, item]) => ({ key, item, rank: next() }))
  return Object.fromEntries(
    members.sort((a, b) => a.rank - b.rank).map(({ key, item }) => [key, shuffle(item, next)])
  )
}

/** A value in which one leaf, key or item, however deep, is another one. */
export function alter(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) {
    const place = next() % (value.length + 1)
    return place === value.length
      ? [...value, null]
      : value.map((item, index) => (index === place ? alter(item, next) : item))
  }
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? 0 : 'altered'
  const members = Object.entries(value)
  const place = next() % (members.length + 1)
  if (place === members.length) return Object.fromEntries([...members, ['__proto__', 'added']])
  return Object.fromEntries(
    members.map(([key, item], index) => [key, index === place ? alter(item, next) : item])
  )
}
