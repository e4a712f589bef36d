import t from 'tap'
import { bodyTable } from './fixtures/openapi-wire-body-table.ts'
import { multipartTable } from './fixtures/openapi-wire-multipart-table.ts'
import { callTool, documentOf, findTool, getOf, mountApi, recordBytes } from './helpers/openapi.ts'

const rows = [...bodyTable, ...multipartTable]
const server = await recordBytes()
t.teardown(() => server.close())

const text = { type: 'string' }
const object = (properties: object, more: object = {}) => ({
  schema: { type: 'object', properties, ...more }
})

t.test('bodies, byte for byte', async (t) => {
  const paths = rows.map(({ type, media }, index) => [
    `/b${index}`,
    {
      post: getOf(`b${index}`, undefined, {
        requestBody: { required: true, content: { [type]: media } }
      })
    }
  ])
  const source = await mountApi(documentOf(Object.fromEntries(paths)), {
    baseUrl: server.origin,
    allowWrites: true
  })
  t.same(source.refused, [])
  for (const [index, { source: label, type, value, expected, contentType }] of rows.entries()) {
    const before = server.requests.length
    const outcome = await callTool(findTool(source, `b${index}`), { body: value }).then(
      () => undefined,
      (error: Error) => error.message
    )
    if (typeof expected === 'object' && 'refused' in expected) {
      t.match(outcome, expected.refused, label)
      t.equal(server.requests.length, before, `${label}: nothing was sent`)
      continue
    }
    t.equal(outcome, undefined, label)
    const { head, body } = server.requests.at(-1)!
    const sentType = /^content-type: (.*)$/im.exec(head)?.[1] ?? ''
    const boundary = /; boundary=(\S+)$/.exec(sentType)?.[1]
    const sent = boundary
      ? Buffer.from(body.toString('latin1').replaceAll(boundary, 'B'), 'latin1')
      : body
    t.same(sent.toString('latin1'), Buffer.from(expected).toString('latin1'), label)
    t.equal(boundary ? sentType.split(';')[0] : sentType, contentType ?? type, label)
  }
  await source.close()
})

t.test('without a body none is sent, and a required one is asked for', async (t) => {
  const content = { 'application/json': object({ a: text }) }
  const source = await mountApi(
    documentOf({
      '/a': { post: getOf('optional', undefined, { requestBody: { content } }) },
      '/b': { delete: getOf('needed', undefined, { requestBody: { required: true, content } }) },
      '/c': { delete: getOf('none') }
    }),
    { baseUrl: server.origin, allowWrites: true }
  )
  await callTool(findTool(source, 'optional'), {})
  t.notMatch(server.requests.at(-1)!.head, /content-type/i)
  t.equal(server.requests.at(-1)!.body.length, 0)
  await callTool(findTool(source, 'none'), {})
  t.match(server.requests.at(-1)!.head, /^DELETE \/c HTTP/)
  t.match(findTool(source, 'needed').parse({}), { problems: [{ field: 'body' }] })
  await callTool(findTool(source, 'needed'), { body: { a: 'x' } })
  t.equal(server.requests.at(-1)!.body.toString(), '{"a":"x"}')
  await source.close()
})

t.test('a flat body is put together again', async (t) => {
  const schema = { type: 'object', required: ['name'], properties: { name: text, id: text } }
  const document = documentOf({
    '/p/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
      put: getOf('put', undefined, {
        requestBody: { required: true, content: { 'application/json': { schema } } }
      })
    }
  })
  const source = await mountApi(document, {
    baseUrl: server.origin,
    operations: { put: { enabled: true, body: 'flat' } }
  })
  await callTool(findTool(source, 'put'), { id: '7', name: 'n', body_id: '8' })
  t.match(server.requests.at(-1)!.head, /^PUT \/p\/7 HTTP/)
  t.equal(server.requests.at(-1)!.body.toString(), '{"name":"n","id":"8"}')
  await source.close()
})
