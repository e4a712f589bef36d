import t from 'tap'
import { describeParameters, rebase } from '../transports/http/rest/api-schema.ts'

/* Schemas of tools as the REST façade shows them. */

t.test('a parameter is described by its types and whether it is required', async (t) => {
  const properties = {
    any: {},
    anything: true,
    one: { type: 'string' },
    listed: { type: ['null', 'string'] },
    chosen: { anyOf: [{ type: 'integer' }, { oneOf: [{ type: 'string' }] }, { type: 'integer' }] }
  }
  t.strictSame(describeParameters({ type: 'object', properties, required: ['one'] }), {
    any: 'any (optional)',
    anything: 'any (optional)',
    one: 'string (required)',
    listed: 'null|string (optional)',
    chosen: 'integer|string (optional)'
  })
  t.strictSame(describeParameters({ type: 'object' }), {})
})

t.test('only references of a schema to itself move with it', async (t) => {
  const kept = {
    properties: { $ref: { type: 'string', enum: ['#/a'] } },
    default: { $ref: '#/a' },
    not: { $ref: 'https://schemas.example/a#/b' },
    allOf: [{ $id: 'urn:own', items: { $ref: '#/a' } }, true]
  }
  t.strictSame(rebase(kept, '#/at'), kept)
  const moved = rebase({ $ref: '#', items: { anyOf: [{ $ref: '#/a' }] } }, '#/at')
  t.strictSame(moved, { $ref: '#/at', items: { anyOf: [{ $ref: '#/at/a' }] } })
})
