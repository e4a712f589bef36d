import { readFile } from 'node:fs/promises'
import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import { parse } from 'yaml'
import { createShiftWorkSettings } from '../tools/shiftwork/preset.ts'
import { rows } from './fixtures/shiftwork-table.ts'

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly security: readonly { readonly bearer?: readonly string[] }[]
  readonly responses: Readonly<Record<string, object>>
}

interface Webhook {
  readonly post: {
    readonly parameters: readonly object[]
    readonly requestBody: { readonly content: object }
  }
}

const {
  openapi: file,
  operations: overrides,
  resources
} = createShiftWorkSettings({
  baseUrl: 'http://127.0.0.1:9'
})
const document = parse(await readFile(file, 'utf8'))
const methods = ['get', 'put', 'post', 'delete', 'patch']
const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(
  ([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ path, method, operation }] : []
    })
)

t.test('the document is OpenAPI 3.1', async (t) => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  t.ok(valid, JSON.stringify(errors))
  t.match(document.openapi, /^3\.1\./)
  t.equal(document.servers[0].url, '/')
})

t.test('it has the resources, each with operations, and the four webhooks', async (t) => {
  const used = new Set(operations.flatMap(({ operation }) => operation.tags))
  const resourceTags = document.tags
    .map(({ name }: { name: string }) => name)
    .filter((name: string) => name !== 'Webhooks')
  t.ok(resourceTags.length >= 20, `${resourceTags.length} resources`)
  t.same([...used].sort(), [...resourceTags].sort())
  t.same(Object.keys(document.webhooks), [
    'employee.created',
    'employee.updated',
    'location.created',
    'location.updated'
  ])
  for (const { post } of Object.values<Webhook>(document.webhooks)) {
    t.same(post.parameters, [{ $ref: '#/components/parameters/Signature' }])
  }
  t.equal(document.components.parameters.Signature.name, 'X-ShiftWork-Signature')
})

t.test(
  'every operation is described, has a scope of its own form and answers problems',
  async (t) => {
    const ids = operations.map(({ operation }) => operation.operationId)
    t.equal(new Set(ids).size, ids.length)
    t.ok(operations.every(({ path }) => path.startsWith('/api/')))
    for (const { path, method, operation } of operations) {
      const name = `${method} ${path}`
      t.ok(operation.summary && operation.description, name)
      t.same(operation.responses.default, { $ref: '#/components/responses/Failure' }, name)
      for (const { bearer } of operation.security) {
        t.equal(bearer?.length, 1, name)
        t.match(bearer?.[0], /^[a-z-]+\.(read|create|update|delete|approve|admin)$/, name)
      }
    }
    t.ok('application/problem+json' in document.components.responses.Failure.content)
  }
)

t.test('it has the operation of every row of the catalogue', async (t) => {
  for (const { number, request } of rows) {
    if (!request) continue
    const found = findOperations(request.method, request.path)
    t.equal(found.length, 1, `row ${number}: ${request.method} ${request.path}`)
  }
})

t.test('the preset asks for the scopes that the document names', async (t) => {
  for (const [id, { scopes = [] }] of Object.entries(overrides)) {
    const found = operations.find(({ operation }) => operation.operationId === id)
    const named = found?.operation.security.flatMap(({ bearer = [] }) => bearer)
    t.same(scopes, named, id)
  }
  for (const id of Object.values(resources)) t.ok(overrides[id]?.scopes?.length, id)
})

/** The operation that a router would choose: the one with the fewest parameters. */
function findOperations(method: string, path: string) {
  const given = path.split('/')
  const found = operations.filter((each) => {
    const segments = each.path.split('/')
    return (
      each.method === method.toLowerCase() &&
      segments.length === given.length &&
      segments.every((segment, index) => segment.startsWith('{') || segment === given[index])
    )
  })
  const fewest = Math.min(...found.map((each) => each.path.split('{').length))
  return found.filter((each) => each.path.split('{').length === fewest)
}
