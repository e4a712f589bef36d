import { join } from 'node:path'
import t from 'tap'
import { send } from './helpers/http.ts'
import { quiet, speak } from './helpers/json-rpc.ts'
import { bearerHeaders, initialize, request } from './helpers/messages.ts'
import { documentOf, getOf } from './helpers/openapi.ts'
import { serve } from './helpers/serve.ts'
import { goodKey } from './helpers/strong-keys.ts'

/* A list longer than a page, as a client of a server with 250 tools sees it. */

interface Page {
  readonly tools: readonly { readonly name: string }[]
  readonly nextCursor?: string
}

type List = (cursor: string | undefined, turn: number) => Promise<unknown>

/** Every page, as a client reads them; never more than a few. */
async function readPages(list: List): Promise<readonly Page[]> {
  const pages: Page[] = []
  let cursor: string | undefined
  do {
    const page = (await list(cursor, pages.length)) as Page
    pages.push(page)
    cursor = page.nextCursor
  } while (cursor !== undefined && pages.length < 5)
  return pages
}

t.test('250 operations are two pages, over HTTP and over stdio', async (t) => {
  const ids = Array.from({ length: 250 }, (_, index) => `listThing${1000 + index}`)
  const paths = Object.fromEntries(ids.map((id) => [`/${id}`, { get: getOf(id) }]))
  const file = join(t.testdir({ 'api.json': JSON.stringify(documentOf(paths)) }), 'api.json')
  const mount = ['--openapi', file, '--api-base-url', 'http://127.0.0.1:9', '--toolsets', 'api']
  const env = { ...quiet, MCP_AUTH_TOKEN: goodKey }
  const { running, url } = await serve(t, ['--http', '--stdio', ...mount], env)

  const client = speak(running)
  client.send(initialize('hello'), { jsonrpc: '2.0', method: 'notifications/initialized' })
  await client.answer('hello')
  const ask = (cursor: string | undefined, id: number) =>
    request('tools/list', cursor === undefined ? {} : { cursor }, id)
  const carriers: Readonly<Record<string, List>> = {
    async stdio(cursor, turn) {
      client.send(ask(cursor, turn))
      return (await client.answer(turn)).result
    },
    async HTTP(cursor, turn) {
      const headers = { ...bearerHeaders(goodKey), accept: 'application/json' }
      const { text } = await send(url, { headers, body: ask(cursor, turn) })
      return JSON.parse(text).result
    }
  }
  const wanted = ids.map((id) => id.replace('listThing', 'list_thing'))
  for (const [carrier, list] of Object.entries(carriers)) {
    const pages = await readPages(list)
    t.strictSame(
      pages.map(({ tools }) => tools.length),
      [200, 50],
      carrier
    )
    const names = pages.flatMap(({ tools }) => tools.map(({ name }) => name))
    t.strictSame(names, wanted.toSorted(), `${carrier}: every tool once, in order`)
  }
})
