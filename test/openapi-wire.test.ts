import t from 'tap'
import { headerTable } from './fixtures/openapi-wire-headers-table.ts'
import { type WireRow, wireTable } from './fixtures/openapi-wire-table.ts'
import {
  bearer,
  callTool,
  documentOf,
  findTool,
  getOf,
  mountApi,
  recordBytes
} from './helpers/openapi.ts'

const rows = [...wireTable, ...headerTable]
const server = await recordBytes()
const baseUrl = `${server.origin}/api`
const credential = bearer('secret')

function operationOf({ parameter }: WireRow, index: number): [string, object] {
  const name = parameter.in === 'header' ? 'X-Color' : 'color'
  const path = parameter.in === 'path' ? `/w${index}/{color}` : `/w${index}`
  return [path, { get: getOf(`w${index}`, undefined, { parameters: [{ ...parameter, name }] }) }]
}

const source = await mountApi(documentOf(Object.fromEntries(rows.map(operationOf))), {
  baseUrl,
  credential
})
t.teardown(async () => {
  await source.close()
  server.close()
})

t.same(
  source.refused,
  [],
  'every row is offered: what cannot be sent is decided by the value of the call'
)

t.test('styles, locations and content, byte for byte', async (t) => {
  for (const [index, row] of rows.entries()) {
    const { parameter, value, expected } = row
    const place = String(parameter.in)
    const label = `${row.source}: ${place} ${parameter.style ?? 'content'} ${parameter.explode ?? ''} ${JSON.stringify(value)}`
    const argument = place === 'header' ? 'X-Color' : 'color'
    const before = server.requests.length
    const tool = findTool(source, `w${index}`)
    const outcome = await callTool(tool, { [argument]: value }).then(
      () => undefined,
      (error: Error) => error.message
    )
    if (typeof expected !== 'string') {
      t.match(
        outcome,
        new RegExp(expected.refused.source.replaceAll('color', '(?:color|X-Color)')),
        label
      )
      t.equal(server.requests.length, before, `${label}: nothing was sent`)
      continue
    }
    t.equal(outcome, undefined, label)
    const [line = '', ...headers] = server.requests.at(-1)!.head.split('\r\n')
    t.equal(line, `GET ${targetOf(index, place, expected)} HTTP/1.1`, label)
    const sent = headers.filter((each) => /^(x-color|cookie): ?/i.test(each))
    t.same(sent, headerOf(place, expected), label)
  }
})

function targetOf(index: number, place: string, expected: string): string {
  const path = `/api/w${index}`
  if (place === 'path') return `${path}/${expected}`
  return place === 'query' && expected !== '' ? `${path}?${expected}` : path
}

function headerOf(place: string, expected: string): string[] {
  if (place === 'header') return [`x-color: ${expected}`]
  return place === 'cookie' ? [`cookie: ${expected}`] : []
}

t.test('several parameters are joined in the order of the document', async (t) => {
  const query = (name: string, more: object = {}) => ({ name, in: 'query', schema: {}, ...more })
  const cookie = (name: string) => ({ name, in: 'cookie', schema: {} })
  const parameters = [
    query('b', { explode: false }),
    query('a'),
    query('deep[x]', { style: 'deepObject', explode: true }),
    cookie('c'),
    cookie('d'),
    { name: 'X-Trace-ID', in: 'header', schema: {} }
  ]
  const all = await mountApi(
    documentOf({ '/x': { get: getOf('all', undefined, { parameters }) } }),
    {
      baseUrl,
      credential
    }
  )
  await callTool(findTool(all, 'all'), {
    a: 1,
    b: [2, 3],
    deep_x: { k: 'v' },
    c: 'x y',
    d: true,
    'X-Trace-ID': 't-1'
  })
  const { head } = server.requests.at(-1)!
  t.match(head, /^GET \/api\/x\?b=2,3&a=1&deep%5Bx%5D%5Bk%5D=v HTTP\/1.1\r\n/)
  t.match(head, /\r\ncookie: c=x%20y; d=true(\r\n|$)/)
  t.match(head, /\r\nx-trace-id: t-1(\r\n|$)/)
  t.match(head, /\r\nauthorization: Bearer secret(\r\n|$)/)
  await all.close()
})

t.test('defaults of the document are not sent unless given', async (t) => {
  const schema = { type: 'integer', default: 20 }
  const parameters = [{ name: 'limit', in: 'query', schema }]
  const one = await mountApi(
    documentOf({ '/x': { get: getOf('one', undefined, { parameters }) } }),
    {
      baseUrl
    }
  )
  await callTool(findTool(one, 'one'), {})
  t.match(server.requests.at(-1)!.head, /^GET \/api\/x HTTP/)
  await one.close()
})
