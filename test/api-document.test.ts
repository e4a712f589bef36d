import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import { createCore } from '../bin/core.ts'
import { acceptKey, createAuthenticate, indexKeys } from '../src/auth.ts'
import { loadConfig } from '../src/config.ts'
import type { Source } from '../src/source.ts'
import type { Content, JsonSchema, ToolDefinition } from '../src/types.ts'
import { createHttpServer } from '../transports/http/app.ts'
import { send } from './helpers/http.ts'
import { mountDemo } from './helpers/shiftwork.ts'
import { silent } from './helpers/silent.ts'

/* The routes of the former scheduling server, and the document that describes the façade. */

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Record<string, unknown>>> }
  readonly security?: unknown
}
interface Operation {
  readonly operationId: string
  readonly security?: unknown
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: object
}

const node = { type: 'object', properties: { next: { $ref: '#/$defs/n' } } }
const linked = { type: 'object', properties: { first: { $ref: '#/$defs/n' } }, $defs: { n: node } }

function tool(name: string, content: readonly Content[], inputSchema: JsonSchema): ToolDefinition {
  const isReadOnly = { readOnlyHint: true, destructiveHint: false }
  return {
    ...{ name, title: name, description: name, toolset: 'odd', scopes: [], inputSchema },
    annotations: { ...isReadOnly, idempotentHint: true, openWorldHint: false },
    parse: (value) => ({ ok: true, value }),
    run: () => ({ content })
  }
}

const image = { type: 'image', data: 'AA==', mimeType: 'image/png' }
const strange = {
  type: 'object',
  properties: { a: {}, b: { enum: [1] }, c: { type: ['null', 'string'] } }
}
const odd: Source = {
  tools: [
    tool('draw', [image], linked),
    tool('execute', [{ type: 'text', text: 'itself' }], strange),
    tool('count_up', [{ type: 'text', text: '[1,2]' }], {
      ...{
        $id: 'urn:own',
        type: 'object',
        properties: { x: { anyOf: [{ type: 'integer' }, strange] } }
      }
    })
  ],
  close: async () => {}
}

const keys = { full: 'full'.repeat(10), narrow: 'narrow'.repeat(10) }
const demo = await mountDemo()
t.teardown(() => demo.close())

async function start(file: object = {}, breakCalls = false) {
  const { config } = loadConfig({
    flags: new Map([['--port', '0']]),
    env: { MCP_AUDIT_FILE: `${t.testdir()}/audit.jsonl` },
    file: { toolsets: ['all'], limits: { enabled: false, maxConcurrent: 1, queue: 0 }, ...file }
  })
  const { mcp, registry, audit, gauges } = createCore(config, [demo.source, odd])
  const fail = () => Promise.reject(new Error('secret at /etc/x'))
  const dispatcher = breakCalls ? { ...mcp.dispatcher, executeTool: fail } : mcp.dispatcher
  const credentials = [
    acceptKey(keys.full, { id: 'full', kind: 'key' }),
    acceptKey(keys.narrow, { id: 'narrow', kind: 'key', tools: ['ping', 'verify_pin'] })
  ]
  const authenticate = config.auth.required
    ? createAuthenticate(() => indexKeys(credentials))
    : undefined
  const server = await createHttpServer({
    ...{ mcp: { ...mcp, dispatcher, log: silent }, registry, config, audit, gauges },
    ...(authenticate && { authenticate })
  })
  const origin = await server.listen()
  t.teardown(() => server.close(0))
  return async (method: string, path: string, body?: unknown, key = keys.full) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const { status, text } = await send(origin + path, { method, headers, body })
    return { status, body: JSON.parse(text) }
  }
}

const ask = await start()
const company = 'harbor-cafe'

t.test('the routes of the former server', async (t) => {
  const schedules = { company_id: company, person_id: '1', schedules: Array, timestamp: String }
  const byPath = await ask('GET', `/api/employees/${company}/1/schedules`)
  t.match(byPath, { status: 200, body: schedules })
  t.equal(byPath.body.total_schedules, byPath.body.schedules.length)
  const one = { company_id: company, person_id: 1 }
  const { status, body } = await ask('POST', '/api/employees/schedules', one)
  t.equal(status, 200)
  t.strictSame(body.schedules, byPath.body.schedules)
  const noPerson = await ask('POST', '/api/employees/schedules', { company_id: company })
  t.match(noPerson, { status: 400, body: { error: /person_id/, timestamp: String } })

  const people = `/api/companies/${company}/people`
  const period = 'startDate=2026-11-23&endDate=2026-11-30'
  const unpublished = await ask('GET', `${people}/unpublished-schedules?${period}`)
  t.match(unpublished, { status: 200, body: { company_id: company, people: Array } })
  t.match(await ask('GET', `${people}/unpublished-schedules?startDate=`), { status: 200 })
  const wrong = await ask('GET', `${people}/unpublished-schedules?start=2026-11-23`)
  t.match(wrong, { status: 400, body: { error: /start/ } }, 'a parameter that nobody knows')

  const paged = await ask('GET', `${people}?pageNumber=2&pageSize=1`)
  t.match(paged, { status: 200, body: { page_number: 2, page_size: 1, people: [{}] } })
  t.match((await ask('GET', `${people}?searchQuery=2026`)).status, 200, 'digits may be a text')
  for (const query of ['pageSize=many', 'pageSize=1&pageSize=2', 'pageSize=-1']) {
    t.match(await ask('GET', `${people}?${query}`), { status: 400, body: { error: /page_size/ } })
  }
  const hidden = await ask('GET', people, undefined, keys.narrow)
  t.match(hidden, { status: 404, body: { error: 'Unknown tool: list_people' } })
})

t.test('results that are no plain text', async (t) => {
  t.strictSame((await ask('POST', '/api/tools/draw', {})).body, [image])
  t.strictSame((await ask('POST', '/api/tools/count_up', {})).body, [1, 2], 'JSON in a text')
  const itself = await ask('POST', '/api/tools/execute', { name: 'execute' })
  t.equal(itself.body.result, 'itself')
})

t.test('the unforeseen', async (t) => {
  const broken = await start({}, true)
  const answer = await broken('POST', '/api/tools/draw', {})
  t.equal(answer.status, 500)
  t.equal(answer.body.error, 'Internal server error')
  t.strictSame(Object.keys(answer.body), ['error', 'timestamp'])
})

async function describe(asked = ask, key = keys.full): Promise<Document> {
  const { status, body } = await asked('GET', '/openapi.json', undefined, key)
  t.equal(status, 200)
  return body
}

t.test('the document is valid and holds together', async (t) => {
  const document = await describe()
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(document) as never)
  t.ok(valid, JSON.stringify(errors))
  t.equal(validator.version, '3.1')
  for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    if (ref === undefined) continue
    const found = ref
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document)
    t.ok(found, ref)
  }
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  const ids = operations.map(({ operationId }) => operationId)
  t.equal(new Set(ids).size, ids.length, 'operation ids')
  t.strictSame(document.security, [{ bearer: [] }, { apiKey: [] }])
  t.strictSame(document.paths['/ping']?.get?.security, [])
})

t.test('what it says of tools and routes', async (t) => {
  const { paths, components } = await describe()
  const { tools } = (await ask('GET', '/api/tools')).body as { tools: { name: string }[] }
  for (const { name } of tools) t.ok(paths[`/api/tools/${name}`]?.post, name)
  t.equal(paths['/api/tools/execute']?.post?.operationId, 'api.executeTool')
  const people = demo.source.tools.find(({ name }) => name === 'list_people')
  t.strictSame(components.schemas['list_people.input'], people?.inputSchema)
  t.strictSame(components.schemas['list_people.output'], people?.outputSchema)
  t.match(components.schemas['draw.input'], {
    properties: { first: { $ref: '#/components/schemas/draw.input/$defs/n' } },
    $defs: { n: { properties: { next: { $ref: '#/components/schemas/draw.input/$defs/n' } } } }
  })
  const route = paths['/api/companies/{company_id}/people']?.get
  const parameters = route?.parameters?.map((each) => `${each.in} ${each.name}`)
  t.strictSame(parameters, [
    'path company_id',
    'query pageNumber',
    'query pageSize',
    'query searchQuery'
  ])
  const codes = ['200', '400', '401', '404', '429', '500', '502', '503', '504']
  t.strictSame(Object.keys(route?.responses ?? {}), codes)
})

t.test('it shows what the caller sees', async (t) => {
  const { paths } = await describe(ask, keys.narrow)
  const fixed = ['/ping', '/openapi.json', '/api/tools', '/api/tools/execute']
  const ping = demo.source.tools.some(({ name }) => name === 'ping') ? ['/api/tools/ping'] : []
  t.strictSame(Object.keys(paths), [...fixed, ...ping, '/api/tools/verify_pin'])
  const open = await start({ auth: { required: false } })
  t.notOk('security' in (await describe(open)), 'no key is asked for when none is needed')
})
