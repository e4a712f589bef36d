import { createHash } from 'node:crypto'
import t from 'tap'
import type { ResourceContents } from '../src/types.ts'
import { createContext, documentOf, getOf, listen, mountApi } from './helpers/openapi.ts'

const path = (name: string, schema: object) => ({ name, in: 'path', required: true, schema })
const document = documentOf({
  '/people/{personId}': {
    get: getOf('getPerson', undefined, { parameters: [path('personId', { type: 'integer' })] })
  },
  '/companies/{company}/people/{person}': {
    get: getOf('getMember', undefined, {
      parameters: ['company', 'person'].map((name) => path(name, { type: 'string' }))
    })
  },
  '/people': {
    get: getOf('listPeople', undefined, {
      parameters: [{ name: 'page', in: 'query', schema: { type: 'integer' } }]
    })
  },
  '/search': {
    get: getOf('search', undefined, {
      parameters: [{ name: 'q', in: 'query', required: true, schema: { type: 'string' } }]
    })
  }
})
const resources = {
  'resources://users/{id}': 'getPerson',
  'resources://members/{person}/of/{company}': 'getMember',
  'resources://users': 'listPeople'
}

t.test('a URI template reads a GET operation', async (t) => {
  const server = await listen((request, response) => {
    const isKnown = !request.url?.endsWith('/404')
    response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' })
    response.end(isKnown ? '[{ "name": "Ada" }]' : '{}')
  })
  const source = await mountApi(document, {
    baseUrl: `${server.origin}/api`,
    include: { operations: ['nothing'] },
    operations: { getPerson: { scopes: ['people.read'] } },
    resources
  })
  t.teardown(async () => {
    await source.close()
    await server.close()
  })
  const read = async (template: string, variables: Record<string, string>) => {
    const definition = source.resources?.find(({ uri }) => uri === template)
    const values = new Map(Object.entries(variables))
    const result = await definition!.read('asked:it', values, createContext())
    return (result as { contents: ResourceContents[] }).contents
  }
  const text = '[{"name":"Ada"}]'
  const sha256 = createHash('sha256').update(text).digest('hex')
  t.same(await read('resources://users/{id}', { id: '7' }), [
    { uri: 'asked:it', mimeType: 'application/json', text, _meta: { sha256 } }
  ])
  t.equal(server.requests.at(-1)?.url, '/api/people/7')
  await read('resources://members/{person}/of/{company}', { person: 'a b', company: 'c' })
  t.equal(server.requests.at(-1)?.url, '/api/companies/c/people/a%20b')
  await read('resources://users', {})
  t.equal(server.requests.at(-1)?.url, '/api/people')
  t.equal(source.tools.length, 0, 'a resource needs no tool')
  t.same(source.resources?.[0]?.scopes, ['people.read'])
  const sent = server.requests.length
  await t.rejects(read('resources://users/{id}', { id: 'x' }), { message: 'Unknown resource.' })
  await t.rejects(read('resources://users/{id}', { id: '1e3' }), { message: 'Unknown resource.' })
  t.equal(server.requests.length, sent)
  await t.rejects(read('resources://users/{id}', { id: '404' }), { message: 'Unknown resource.' })
})

t.test('a template that does not fit stops the start', async (t) => {
  const cases: [object, RegExp][] = [
    [{ 'x://{a}/{b}': 'getPerson' }, /getPerson has no path parameter a/],
    [{ 'x://{company}': 'getMember' }, /has no path parameter company|also needs person/],
    [{ 'x://y': 'search' }, /search also needs q/]
  ]
  for (const [given, message] of cases) {
    await t.rejects(mountApi(document, { resources: given }), { name: 'ConfigError', message })
  }
})
