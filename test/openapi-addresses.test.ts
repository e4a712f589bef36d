import { join } from 'node:path'
import t, { type Test } from 'tap'
import { isOneLine, run } from './helpers/executable.ts'
import { quiet } from './helpers/json-rpc.ts'
import { documentOf, getOf, listen } from './helpers/openapi.ts'

/* The host that the operator types in `openapi` is allowed; what a document names is not. */

/** An API that serves its own document, whose first server is `server`. */
async function startApi(t: Test, server: string | undefined) {
  const paths = { '/orders': { get: getOf('listOrders') } }
  const upstream = await listen((request, response) => {
    const isDocument = request.url === '/v1/openapi.json'
    const document = { ...documentOf(paths), servers: server ? [{ url: server }] : undefined }
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(isDocument ? document : { asked: request.url }))
  })
  t.teardown(upstream.close)
  return { origin: upstream.origin, url: `${upstream.origin}/v1/openapi.json` }
}

const callOrders = ['tools', 'call', 'list_orders', '--args', '{}']

t.test('a document on a loopback address that was typed, by flag and in the file', async (t) => {
  const { url } = await startApi(t, './')
  const folder = t.testdir({ 'c.json': JSON.stringify({ apis: [{ name: 'shop', openapi: url }] }) })
  for (const args of [
    ['--openapi', url],
    ['--config', join(folder, 'c.json')]
  ]) {
    const { code, stdout, stderr } = await run([...callOrders, ...args], quiet)
    t.equal(code, 0, stderr)
    t.match(stdout, '/v1/orders')
  }
})

t.test('it may not lead to another one', async (t) => {
  const other = await startApi(t, undefined)
  const { url } = await startApi(t, other.origin)
  const ended = await run(['--openapi', url], quiet)
  t.equal(ended.code, 2)
  t.ok(isOneLine(ended), ended.stderr)
  t.match(
    ended.stderr,
    /api\.openapi \(--openapi\): The first server of the document cannot be used/
  )
})

t.test('a local file whose first server is this machine: what to set is said', async (t) => {
  const servers = [{ url: 'http://localhost:3000' }]
  const document = { ...documentOf({ '/orders': { get: getOf('listOrders') } }), servers }
  const file = join(t.testdir({ 'a.json': JSON.stringify(document) }), 'a.json')
  const ended = await run(['--openapi', file], quiet)
  t.equal(ended.code, 2)
  t.ok(isOneLine(ended), ended.stderr)
  const mend = 'Set api.baseUrl (--api-base-url, API_BASE_URL), or baseUrl in its entry of apis.'
  t.match(ended.stderr, mend)
  const { url, origin } = await startApi(t, undefined)
  t.match(url, origin)
  const mended = await run([...callOrders, '--openapi', file], { ...quiet, API_BASE_URL: origin })
  t.equal(mended.code, 0, mended.stderr)
})
