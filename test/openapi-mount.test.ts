import type { IncomingMessage, RequestListener } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { isOneLine, run, start } from './helpers/executable.ts'
import { type Message, openStream, send, sendRaw } from './helpers/http.ts'
import { speak } from './helpers/json-rpc.ts'
import { bearerHeaders, call, request } from './helpers/messages.ts'
import { documentOf, getOf, listen } from './helpers/openapi.ts'
import { serve } from './helpers/serve.ts'
import { until } from './helpers/until.ts'

interface Test {
  testdir(files: Readonly<Record<string, string>>): string
  teardown(end: () => unknown): void
}
type Env = Readonly<Record<string, string>>

const inboundKey = 'canary-inbound-key-of-more-than-32-characters'
const serviceToken = 'canary-service-token'
const unlimited = { MCP_RATE_LIMIT_ENABLED: 'false', UPSTREAM_RETRIES: '1' }

const text = { type: 'string' }
const orderId = { name: 'id', in: 'path', required: true, schema: text }
const status = { name: 'status', in: 'query', schema: { type: 'array', items: text } }
const order = { type: 'object', properties: { item: text }, required: ['item'] }

const orders = documentOf({
  '/orders/{id}': { get: getOf('getOrder', undefined, { parameters: [orderId, status] }) },
  '/orders': {
    get: getOf('listOrders', undefined, { tags: ['list'] }),
    post: getOf('createOrder', undefined, {
      requestBody: { required: true, content: { 'application/json': { schema: order } } }
    })
  },
  '/people': { get: getOf('listPeople', undefined, { tags: ['list'] }) }
})
const writesOnly = documentOf({ '/orders': { post: getOf('createOrder') } })

const answerOrder: RequestListener = (_, response) => {
  response.setHeader('content-type', 'application/json').end('{"item":"tea"}')
}

async function startUpstream(t: Test, answer: RequestListener = answerOrder) {
  const upstream = await listen(answer)
  t.teardown(upstream.close)
  return upstream
}

function writeFiles(t: Test, files: Readonly<Record<string, object | string>>) {
  const texts = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? content : JSON.stringify(content)
  ])
  const directory = t.testdir(Object.fromEntries(texts))
  return (name: string): string => join(directory, name)
}

/** The flags that mount the orders in front of `origin`. */
function mountOrders(t: Test, origin: string): string[] {
  const pathOf = writeFiles(t, { 'orders.json': orders })
  return ['--openapi', pathOf('orders.json'), '--api-base-url', `${origin}/v1`]
}

function connect(t: Test, args: readonly string[], env: Env = {}) {
  const running = start(args, { ...unlimited, ...env })
  t.teardown(() => running.child.kill('SIGKILL'))
  return speak(running)
}

async function startHttp(t: Test, args: readonly string[], env: Env = {}) {
  const flags = ['--http', ...args]
  const own = { ...unlimited, MCP_AUTH_TOKEN: inboundKey, ...env }
  const { running, url, origin } = await serve(t, flags, own)
  const post = async (body: object, headers: Env = {}): Promise<Message> => {
    const stream = await openStream(url, { headers: { ...jsonHeaders, ...headers }, body })
    return stream.find(({ result, error }) => (result ?? error) !== undefined)
  }
  const ready = async () => {
    const { status, text } = await send(`${origin}/ready`, { method: 'GET' })
    return { status, body: JSON.parse(text) }
  }
  return { running, url, post, ready }
}

const jsonHeaders = bearerHeaders(inboundKey)

async function listNames(client: ReturnType<typeof speak>): Promise<readonly string[]> {
  client.send(request('tools/list', {}, 'list'))
  return namesOf(await client.answer('list'))
}

function namesOf({ result }: Message): readonly string[] {
  const { tools } = result as { tools: readonly { name: string }[] }
  return tools.map(({ name }) => name).sort()
}

const wireOf = ({ method, url, rawHeaders }: IncomingMessage) =>
  JSON.stringify([method, url, rawHeaders])

function readAudit(stderr: string) {
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'TOOL_EXECUTE')
}

t.test('a document and a base URL: its reads are tools of toolset api', async (t) => {
  const upstream = await startUpstream(t)
  const flags = mountOrders(t, upstream.origin)
  const listed = await run(['tools', 'list', '--json', '--toolsets', 'api', ...flags])
  t.match(
    JSON.parse(listed.stdout).map(({ name, toolset }: Env) => [name, toolset]),
    [
      ['get_order', 'api'],
      ['list_orders', 'api'],
      ['list_people', 'api']
    ]
  )
  t.equal(listed.code, 0)

  const client = connect(t, flags, { API_AUTH_TOKEN: serviceToken })
  client.send(call('get_order', { id: 'a b', status: ['open', 'x&y'] }))
  t.match(await client.answer(1), { result: { content: [{ text: /"item":\s*"tea"/ }] } })
  t.match(upstream.requests, [
    {
      method: 'GET',
      url: '/v1/orders/a%20b?status=open&status=x%26y',
      headers: { authorization: `Bearer ${serviceToken}`, accept: /application\/json/ }
    }
  ])

  client.send(call('get_order', { id: '..' }, 2), call('get_order', { id: 'a', more: 1 }, 3))
  t.match(await client.answer(2), { result: { isError: true, content: [{ text: /id/ }] } })
  t.match(await client.answer(3), { result: { isError: true, content: [{ text: /more/ }] } })
  t.equal(upstream.requests.length, 1, 'nothing was sent')
})

t.test('writes are there when allowed, and only then', async (t) => {
  const upstream = await startUpstream(t)
  const flags = mountOrders(t, upstream.origin)
  const reading = connect(t, [...flags, '--toolsets', 'api'])
  t.strictSame(await listNames(reading), ['get_order', 'list_orders', 'list_people'])
  reading.send(call('create_order', { body: { item: 'tea' } }))
  t.match(await reading.answer(1), { error: {} })
  t.equal(upstream.requests.length, 0)

  const writing = connect(t, [...flags, '--toolsets', 'api', '--allow-writes'])
  t.ok((await listNames(writing)).includes('create_order'))
  writing.send(call('create_order', { body: { item: 'tea' } }))
  const { result } = await writing.answer(1)
  t.notOk(result?.isError)
  t.match(upstream.requests, [{ method: 'POST', url: '/v1/orders' }])
})

t.test('over HTTP the key of a client goes no further', async (t) => {
  const upstream = await startUpstream(t)
  const env = { API_AUTH_TOKEN: serviceToken }
  const { post, url } = await startHttp(t, mountOrders(t, upstream.origin), env)
  t.match(await post(call('list_orders')), { result: { content: [{ text: /tea/ }] } })
  const { authorization: _, ...rest } = jsonHeaders
  const headers = { ...rest, 'x-api-key': inboundKey }
  t.match(await send(url, { headers, body: call('list_people', {}, 2) }), { status: 200 })

  t.match(upstream.requests, [{ url: '/v1/orders' }, { url: '/v1/people' }])
  for (const seen of upstream.requests) {
    t.equal(seen.headers.authorization, `Bearer ${serviceToken}`)
    t.notMatch(wireOf(seen), inboundKey)
  }
})

t.test('apis of a file: filters, names, the credential of the caller', async (t) => {
  const upstream = await startUpstream(t)
  const api = {
    name: 'orders',
    openapi: join(t.testdirName, 'orders.json'),
    baseUrl: upstream.origin,
    credential: { mode: 'caller' },
    include: { paths: ['/orders*', '/people'] },
    exclude: { operations: ['listPeople'] },
    operations: { getOrder: { name: 'find_order', parameters: { id: 'number' } } }
  }
  const file = writeFiles(t, { 'orders.json': orders, 'config.json': { apis: [api] } })
  const args = ['--config', file('config.json'), '--toolsets', 'orders']
  const { running, post, url } = await startHttp(t, args, { MCP_LOG_LEVEL: 'debug' })

  const listed = await post(request('tools/list'))
  t.strictSame(namesOf(listed), ['find_order', 'list_orders'])

  const own = 'Bearer canary-of-the-caller'
  const found = await post(call('find_order', { number: '7' }, 2), {
    'x-upstream-authorization': own
  })
  t.match(found, { result: { content: [{ text: /tea/ }] } })
  t.match(upstream.requests, [{ url: '/orders/7', headers: { authorization: own } }])
  t.notMatch(wireOf(upstream.requests[0] as IncomingMessage), inboundKey)

  const bare = await post(call('list_orders', {}, 3))
  t.match(bare, { result: { isError: true, content: [{ text: /X-Upstream-Authorization/ }] } })

  const body = JSON.stringify(call('list_orders', {}, 4))
  const lines = [
    `POST ${new URL(url).pathname} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    'Connection: close',
    ...Object.entries(jsonHeaders).map(([name, value]) => `${name}: ${value}`),
    `X-Upstream-Authorization: ${own}`,
    `x-upstream-authorization: ${own}`,
    `Content-Length: ${body.length}`
  ]
  const repeated = await sendRaw(Number(new URL(url).port), `${lines.join('\r\n')}\r\n\r\n${body}`)
  t.match(repeated, { status: 400, text: /x-upstream-authorization/i })
  const headers = { ...jsonHeaders, 'x-upstream-authorization': `Bearer ${inboundKey}` }
  const same = await send(url, { headers, body: call('list_orders', {}, 5) })
  t.match(same, { status: 400, text: /holds the key for this server/ })
  t.notMatch(same.text, inboundKey)
  t.equal(upstream.requests.length, 1, 'none of them was sent')

  running.child.kill('SIGTERM')
  const { stderr } = await running.ended
  t.match(readAudit(stderr), [{ tool: 'find_order', outcome: 'ok', upstreamStatus: 200 }, {}])
  t.notMatch(stderr, 'canary-of-the-caller')
})

t.test('API_BASE_URL alone mounts the 28 scheduling tools', async (t) => {
  const upstream = await startUpstream(t)
  const client = connect(t, ['--toolsets', 'shiftwork'], { API_BASE_URL: upstream.origin })
  t.equal((await listNames(client)).length, 28)
  client.send(call('get_company_info', { company_id: 'c1' }))
  await client.answer(1)
  t.match(upstream.requests, [{ method: 'GET', url: /^\/api\/.*c1$/ }])
})

t.test('what cannot be mounted stops the start with one line that names it', async (t) => {
  const file = writeFiles(t, {
    'orders.json': orders,
    'writes.json': writesOnly,
    'broken.json': '{"openapi": "3.1.0", "paths": ',
    'broken.yaml': 'openapi: 3.1.0\npaths: [\n',
    'none.json': documentOf({}),
    'env.json': withSecret({ env: 'NO_SUCH_VARIABLE' }),
    'file.json': withSecret({ file: '/nonexistent/token' })
  })
  const mount = (name: string) => ['--openapi', file(name), '--api-base-url', 'http://127.0.0.1:9']
  const table: readonly (readonly [readonly string[], Env, RegExp])[] = [
    [[], { API_BASE_URL: 'ftp://x' }, /API_BASE_URL.*http/],
    [mount('broken.json'), {}, /--openapi.*broken\.json/],
    [mount('broken.yaml'), {}, /--openapi.*broken\.yaml/],
    [mount('absent.json'), {}, /--openapi.*absent\.json/],
    [mount('none.json'), {}, /--openapi.*no operation/],
    [mount('writes.json'), {}, /--openapi.*no operation.*--allow-writes/],
    [['--openapi', file('orders.json')], {}, /--openapi.*--api-base-url/],
    [['--config', file('env.json')], {}, /apis\.orders\.credential\.token.*NO_SUCH_VARIABLE/],
    [['--config', file('file.json')], {}, /apis\.orders\.credential\.token.*\/nonexistent\/token/],
    [mount('orders.json'), { API_AUTH_TOKEN: 'two\nlines' }, /credential\.token/]
  ]
  for (const [args, env, place] of table) {
    const ended = await run(args, env)
    t.equal(ended.code, 2, ended.stderr)
    t.ok(isOneLine(ended), ended.stderr)
    t.match(ended.stderr, place)
    t.notMatch(ended.stderr, /two|lines/)
  }
})

/** A configuration whose credential leads nowhere. */
function withSecret(token: object): object {
  const openapi = join(import.meta.dirname, '../../examples/shiftwork/openapi.yaml')
  const credential = { mode: 'service', token }
  return { apis: [{ name: 'orders', openapi, baseUrl: 'http://127.0.0.1:9', credential }] }
}

t.test('a 404 of the API is an error of the tool, and its status is in the audit', async (t) => {
  const upstream = await startUpstream(t, (_, response) => {
    response.writeHead(404, { 'content-type': 'text/html' }).end('<p>canary-body</p>')
  })
  const client = connect(t, mountOrders(t, upstream.origin))
  client.send(call('get_order', { id: '7' }))
  const answer = await client.answer(1)
  t.match(answer, { result: { isError: true, content: [{ text: /404/ }] } })
  t.notMatch(JSON.stringify(answer), 'canary-body')
  client.child.stdin?.end()
  const { stderr } = await client.ended
  t.match(readAudit(stderr), [{ tool: 'get_order', outcome: 'failed', upstreamStatus: 404 }])
})

t.test('five broken connections in a row: not ready until it recovers', async (t) => {
  let answer: RequestListener = ({ socket }) => socket.resetAndDestroy()
  const upstream = await startUpstream(t, (request, response) => answer(request, response))
  const { running, post, ready } = await startHttp(t, mountOrders(t, upstream.origin))
  t.match(await ready(), { status: 200 })
  for (const id of [1, 2, 3, 4, 5]) {
    t.match(await post(call('list_orders', {}, id)), { result: { isError: true } })
  }
  t.match(await ready(), {
    status: 503,
    body: { reasons: [{ reason: 'circuit_open', upstream: 'api' }] }
  })
  const sent = upstream.requests.length
  t.match(await post(call('list_orders', {}, 6)), { result: { isError: true } })
  t.equal(upstream.requests.length, sent, 'an open circuit sends nothing')

  answer = answerOrder
  await until(async () => (await ready()).status === 200, 'ready again')
  const healed = await post(call('list_orders', {}, 7))
  t.match(healed, { result: { content: [{ text: /tea/ }] } })
  await running.stderr.until(/"state":"closed"/)
  t.match(await ready(), { status: 200 })
})
