import fc from 'fast-check'
import t from 'tap'
import { ToolError } from '../src/define-tool.ts'
import { buildRequest, parseBaseUrl } from '../tools/openapi/request/request.ts'
import {
  bearer,
  callTool,
  documentOf,
  findTool,
  getOf,
  listen,
  mountApi
} from './helpers/openapi.ts'

const text = { type: 'string' }
const path = (name: string, schema: object = text) => ({ name, in: 'path', required: true, schema })
const query = (name: string, schema: object = text) => ({ name, in: 'query', schema })
const list = { type: 'array', items: text }

const document = documentOf({
  '/items/{id}/parts/v{part}.json': {
    parameters: [path('id'), path('part'), query('q'), query('tags', list)],
    get: getOf('getPart')
  },
  '/typed/{id}': {
    parameters: [
      path('id', { type: ['number', 'boolean'] }),
      query('filter[a]', { anyOf: [{ type: 'boolean' }, { type: 'null' }] })
    ],
    get: getOf('getTyped')
  },
  '/many/{ids}': { parameters: [path('ids', list)], get: getOf('getMany') },
  '/dir/{name}/': { parameters: [path('name')], get: getOf('getDirectory') },
  '/needed': {
    parameters: [{ ...query('ids', list), required: true }],
    get: getOf('getNeeded')
  }
})

const server = await listen((_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end('{}')
})
const source = await mountApi(document, {
  baseUrl: `${server.origin}/base/v1/`,
  credential: bearer('secret-token')
})
t.teardown(async () => {
  await source.close()
  await server.close()
})

const lastUrl = () => server.requests.at(-1)?.url

t.test('sends what the template and the styles say', async (t) => {
  const rows: [string, object, string][] = [
    ['get_part', { id: 'a', part: 'b' }, '/base/v1/items/a/parts/vb.json'],
    ['get_part', { id: 'a/b', part: 'c\\' }, '/base/v1/items/a%2Fb/parts/vc%5C.json'],
    [
      'get_part',
      { id: 'a?x=1#f', part: '%2e%2ex' },
      '/base/v1/items/a%3Fx%3D1%23f/parts/v%252e%252ex.json'
    ],
    [
      'get_part',
      { id: "~-_.!*'()", part: '…' },
      '/base/v1/items/~-_.%21%2A%27%28%29/parts/v%E2%80%A6.json'
    ],
    ['get_part', { id: 'a', part: 'b', q: '' }, '/base/v1/items/a/parts/vb.json?q='],
    ['get_part', { id: 'a', part: 'b', q: '..' }, '/base/v1/items/a/parts/vb.json?q=..'],
    [
      'get_part',
      { id: 'a', part: 'b', q: 'a b+c&d=e' },
      '/base/v1/items/a/parts/vb.json?q=a%20b%2Bc%26d%3De'
    ],
    [
      'get_part',
      { id: 'a', part: 'b', tags: ['x', 'y,z'] },
      '/base/v1/items/a/parts/vb.json?tags=x&tags=y%2Cz'
    ],
    ['get_part', { id: 'a', part: 'b', tags: [] }, '/base/v1/items/a/parts/vb.json'],
    ['get_typed', { id: -0.5 }, '/base/v1/typed/-0.5'],
    ['get_typed', { id: false, filter_a: true }, '/base/v1/typed/false?filter%5Ba%5D=true'],
    ['get_typed', { id: 1, filter_a: null }, '/base/v1/typed/1'],
    ['get_many', { ids: ['a', 'b,c', '/'] }, '/base/v1/many/a,b%2Cc,%2F'],
    ['get_directory', { name: 'a' }, '/base/v1/dir/a/']
  ]
  for (const [name, args, url] of rows) {
    await callTool(findTool(source, name), args)
    t.equal(lastUrl(), url)
  }
  const { headers, method } = server.requests.at(-1)!
  t.equal(method, 'GET')
  t.equal(headers.accept, 'application/json')
  t.equal(headers.authorization, 'Bearer secret-token')
})

t.test('refuses what cannot be one segment, naming the argument, and sends nothing', async (t) => {
  const before = server.requests.length
  const rows: [string, object, string][] = [
    ['get_part', { id: '..', part: 'b' }, 'id'],
    ['get_part', { id: '.', part: 'b' }, 'id'],
    ['get_part', { id: '', part: 'b' }, 'id'],
    ['get_part', { id: 'a', part: '..' }, 'part'],
    ['get_part', { id: 'a\r\nHost: b', part: 'b' }, 'id'],
    ['get_part', { id: 'a', part: 'b\u0000' }, 'part'],
    ['get_part', { id: 'a', part: 'b\u0085' }, 'part'],
    ['get_part', { id: '\ud800', part: 'b' }, 'id'],
    ['get_part', { id: 'a', part: 'b', q: 'x\udc00y' }, 'q'],
    ['get_part', { id: 'a', part: 'b', tags: ['ok', 'a\nb'] }, 'tags'],
    ['get_many', { ids: [] }, 'ids'],
    ['get_many', { ids: ['a', '..'] }, 'ids'],
    ['get_needed', { ids: [] }, 'ids']
  ]
  for (const [name, args, argument] of rows) {
    await t.rejects(callTool(findTool(source, name), args), {
      name: 'ToolError',
      message: new RegExp(`^Argument "${argument}" `)
    })
  }
  const long = callTool(findTool(source, 'get_part'), { id: 'a'.repeat(9_000), part: 'b' })
  await t.rejects(long, { name: 'ToolError', message: /too long/ })
  t.equal(server.requests.length, before)
})

t.test('the last gate refuses a URL that lost the shape of its template', async (t) => {
  const base = parseBaseUrl('http://127.0.0.1:1/api')
  const owned = { headers: new Set<string>(), queries: new Set<string>() }
  const operation = {
    id: 'x',
    name: 'x',
    method: 'GET',
    parameters: [],
    arguments: [],
    title: '',
    description: '',
    notes: [],
    owned
  }
  const escapes = [
    [['..'], ['admin']],
    [['a'], ['.']],
    [['a?b']],
    [['a#b']],
    [['a\\b']],
    [['%2e%2E']],
    [['é']]
  ]
  for (const segments of escapes) {
    t.throws(() => buildRequest(base, { ...operation, segments }, {}), { name: 'ToolError' })
  }
  const id = {
    argument: 'id',
    name: 'id',
    location: 'path',
    required: true,
    description: '',
    schema: text,
    style: 'simple',
    explode: false,
    allowReserved: false
  } as const
  const mixed = { ...operation, parameters: [id], segments: [['é', { name: 'id' }]] }
  t.throws(() => buildRequest(base, mixed, { id: 'a' }), { name: 'ToolError' })
  t.equal(buildRequest(base, { ...operation, segments: [['a'], []] }, {}).url.pathname, '/api/a/')
})

t.test('the base URL is checked and never repeated in the error', async (t) => {
  const bad = [
    'ftp://secret.example',
    'http://user:secret@h',
    'secret',
    'http://h/?secret',
    'http://h/#secret'
  ]
  for (const url of bad) {
    t.throws(() => parseBaseUrl(url), { message: /^The base URL of the API (?!.*secret)/ })
  }
  t.same(parseBaseUrl('https://h/a/../b//'), { origin: 'https://h', path: '/b' })
})

const traps = [
  '',
  '.',
  '..',
  '...',
  '%2e',
  '%2E%2e',
  '.%2e',
  '/',
  '\\',
  '?',
  '#',
  '%',
  '%00',
  ';',
  '@',
  ':',
  '&',
  '=',
  '+',
  ' '
]
const hostile = fc.oneof(
  fc.constantFrom(
    ...traps,
    'a/b',
    '../../admin',
    'a?x=1#f',
    'http://evil.example/',
    '//evil',
    'é',
    '😀'
  ),
  fc
    .array(fc.constantFrom(...traps, 'a', '\n', '\u0085', '\ud800', '😀', '\u202e'))
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes))
)

/** Written another way than in the code on purpose. */
function isUnsendable(value: string): boolean {
  return [...value].some((character) => {
    const code = character.codePointAt(0)!
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000)
  })
}

/** A dot segment, or what decoding once or more often makes one. */
function isTraversal(value: string): boolean {
  const texts = [value]
  for (const text of texts) {
    const decoded = text.replace(/%[0-7][\da-f]/gi, decodeURIComponent)
    if (texts.length < 5) texts.push(decoded)
  }
  return texts.some((text) => /(^|[/\\])\.\.?($|[/\\;])/.test(text.normalize('NFKC')))
}

const isNoSegment = (value: string) => value === '' || isUnsendable(value) || isTraversal(value)

t.test('any value arrives as itself inside the template, or is refused unsent', async (t) => {
  const tool = findTool(source, 'get_part')
  const values = fc.record(
    { id: hostile, part: hostile, q: hostile, tags: fc.array(hostile, { maxLength: 3 }) },
    { requiredKeys: ['id', 'part'] }
  )
  let sent = 0
  const property = fc.asyncProperty(values, async (args) => {
    const before = server.requests.length
    const refused = await callTool(tool, args).then(
      () => false,
      (error: unknown) => error instanceof ToolError
    )
    const { id, part, q, tags = [] } = args
    const expected = isNoSegment(id) || isNoSegment(part) || [q ?? '', ...tags].some(isUnsendable)
    if (refused !== expected) throw new Error(refused ? 'refused for nothing' : 'not refused')
    if (server.requests.length !== before + (refused ? 0 : 1))
      throw new Error('wrong request count')
    if (refused) return
    sent++
    checkRequestLine(server.requests.pop()!.url!, args)
  })
  await fc.assert(property, { numRuns: 3_000 })
  t.ok(sent > 300, `${sent} requests arrived`)
})

function checkRequestLine(
  target: string,
  args: { id: string; part: string; q?: string; tags?: string[] }
): void {
  const [pathname = '', search, ...rest] = target.split('?')
  const segments = pathname.split('/')
  const last = /^v(.*)\.json$/.exec(segments[6] ?? '')?.[1] ?? ''
  const pairs = (search?.split('&') ?? []).map((pair) => pair.split('=').map(decodeURIComponent))
  const expected = [
    ...(args.q === undefined ? [] : [['q', args.q]]),
    ...(args.tags ?? []).map((tag) => ['tags', tag])
  ]
  const isRight =
    rest.length === 0 &&
    !/[#\\]/.test(target) &&
    segments.length === 7 &&
    `${segments.slice(0, 4)}` === ',base,v1,items' &&
    decodeURIComponent(segments[4]!) === args.id &&
    segments[5] === 'parts' &&
    decodeURIComponent(last) === args.part &&
    JSON.stringify(pairs) === JSON.stringify(expected)
  if (!isRight) throw new Error(`wrong request line ${target}`)
}
