import { createServer } from 'node:http'
import t from 'tap'
import { openPort } from './helpers/open-port.ts'
import { connect, faultOf } from './helpers/upstreams.ts'

/* A list comes in pages, and all of them together are one answer. */

const mebibyte = 'x'.repeat(1024 * 1024)
const lists = new Map([
  ['tools/list', 'tools'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
  ['prompts/list', 'prompts']
])

/** A server whose every page is large and never the last. */
async function startEndless() {
  let pages = 0
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end()
    let text = ''
    for await (const chunk of request) text += chunk
    const { id, method } = JSON.parse(text)
    if (id === undefined) return void response.writeHead(202).end()
    const list = lists.get(method)
    if (list) pages++
    const item = { name: `p${pages}`, uri: `a:${pages}`, uriTemplate: `a:${pages}{b}` }
    const result = list
      ? { [list]: [{ ...item, inputSchema: { type: 'object' }, description: mebibyte }] }
      : {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {}, resources: {}, prompts: {} },
          serverInfo: { name: 'endless', version: '1' }
        }
    const isKnown = list !== undefined || method === 'initialize'
    const outcome = isKnown
      ? { result: { ...result, ...(list && { nextCursor: `after ${pages}` }) } }
      : { error: { code: -32601, message: 'no' } }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }))
  })
  const port = await openPort(server)
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { endpoint: `http://127.0.0.1:${port}/mcp`, pages: () => pages }
}

t.test('pages that grow beyond what is held end the list', async (t) => {
  const { endpoint, pages } = await startEndless()
  const { get } = connect(t, { endless: { endpoint } })
  const signal = new AbortController().signal
  for (const kind of ['tools', 'resources', 'templates', 'prompts'] as const) {
    for (const time of ['once', 'and again']) {
      const before = pages()
      const fault = await faultOf(get('endless').use({ signal }, (client) => client.list(kind)))
      t.equal(fault, 'validation', `${kind} ${time}`)
      t.equal(pages() - before, 10, 'of a mebibyte each')
    }
  }
})
