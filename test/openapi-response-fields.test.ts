import t from 'tap'
import { loosenSchema, project, projectionArgument } from '../tools/openapi/response/projection.ts'
import { mapResponse } from '../tools/openapi/response/response.ts'
import { createCompiler } from '../tools/outside/schema/validate.ts'
import { answer, people, person, plan, textsOf } from './helpers/answers.ts'

t.test('fields: offered where the answer has some', (t) => {
  t.equal(projectionArgument({ type: 'string' }), undefined)
  t.equal(projectionArgument({ oneOf: [person] }), undefined)
  t.equal(projectionArgument({ type: 'object', properties: { id: {} } }), undefined)
  t.match(projectionArgument(people)?.description, 'id, name, tags')
  const page = { allOf: [{ properties: { total: {} } }, { properties: { items: people } }] }
  t.match(projectionArgument(page)?.description, 'total, items.id, items.name')
  const cyclic: Record<string, unknown> = { type: 'object', properties: { a: {} } }
  Object.assign(cyclic.properties as object, { list: { type: 'array', items: cyclic } })
  t.ok(projectionArgument(cyclic))
  t.end()
})

t.test('fields: kept through objects and lists; what is nowhere is said', (t) => {
  const value = { total: 1, items: [{ id: 1, at: { lat: 1, lon: 2 } }, { id: 2 }] }
  t.same(project(value, ['items.id']), {
    value: { items: [{ id: 1 }, { id: 2 }] },
    missing: []
  })
  t.same(project(value, ['items.at.lat', 'constructor', 'items.no', 'total']), {
    value: { items: [{ at: { lat: 1 } }, {}], total: 1 },
    missing: ['constructor', 'items.no']
  })
  t.same(project(value, ['items', 'items.id']).value, { items: value.items })
  t.same(project([1, 'a', null], ['id']).value, [1, 'a', null])

  const hints = { hasProjection: true }
  const result = mapResponse(answer([{ id: 1, name: 'a' }]), plan(people, hints), {
    fields: ['name', 'age']
  })
  t.same(result.structuredContent, { items: [{ name: 'a' }] })
  t.same(textsOf(result), ['{"items":[{"name":"a"}]}', 'Not in the answer: age.'])
  t.match(mapResponse(answer([{ id: 1 }]), plan(people, hints), { fields: ['id'] }), {
    isError: true
  })
  t.same(mapResponse(answer([{ id: 1, name: 'a' }]), plan(people)).structuredContent, {
    items: [{ id: 1, name: 'a' }]
  })
  t.end()
})

t.test('fields: the published schema holds for every projection', (t) => {
  const schema = {
    type: 'object',
    required: ['id', 'kind'],
    minProperties: 2,
    properties: {
      id: { type: 'integer' },
      kind: { enum: ['a', 'b'] },
      list: { type: 'array', minItems: 2, items: person },
      one: { oneOf: [person, { type: 'object', required: ['x'], properties: { x: {} } }] },
      fixed: { const: { a: 1 } }
    },
    if: { required: ['list'] },
    else: { required: ['one'] }
  }
  const check = createCompiler()(loosenSchema(schema) as Record<string, unknown>)
  for (const value of [{}, { list: [] }, { list: [{}] }, { one: {} }, { fixed: {} }, { id: 1 }]) {
    t.same(check(value), [], JSON.stringify(value))
  }
  t.not(check({ id: 'x' }).length, 0)
  t.not(check({ list: [{ id: 'x' }] }).length, 0)
  const planned = plan(people, { hasProjection: true })
  t.match(planned?.outputSchema, { required: ['items'] })
  t.notMatch(JSON.stringify(planned?.outputSchema), /"required":\["id/)
  t.match(plan(people)?.outputSchema, { properties: { items: { items: { required: ['id'] } } } })
  t.end()
})
