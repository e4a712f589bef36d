import { Agent } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { type App, startApp } from './helpers/app.ts'
import { type Sent, send } from './helpers/http.ts'
import {
  initialize,
  jsonHeaders,
  modernHeaders,
  modernRequest,
  request,
  toolCall
} from './helpers/messages.ts'

/*
 * What is refused leaves nothing behind: no memory, no session. For the full proof:
 * REJECTED_REQUESTS=100000 node dist/test/rejections.test.js
 */

const requests = Number(process.env.REJECTED_REQUESTS ?? 5000)
const maxSessions = 3
const timeout = 900_000
t.setTimeout(timeout)

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

async function heapBytes(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    await nextTurn()
    collectGarbage()
  }
  return process.memoryUsage().heapUsed
}

const call = modernRequest('tools/call', toolCall('no_such_tool'))
const list = request('tools/list')
const addresses = Array.from({ length: 200 }, (_, index) => `192.0.2.${index}`)

/** Request number `index`, what it is refused with, and from where it comes. */
function refusable({ url, origin }: App, index: number): [string, Sent, number[]] {
  const { authorization: _, ...keyless } = jsonHeaders()
  // The proxy's word for the client: each address may fail ten times.
  const from = { 'x-forwarded-for': addresses[index % addresses.length] ?? '' }
  const own = { 'x-forwarded-for': '198.51.100.1' }
  const kinds: [string, Sent, number[]][] = [
    [url, { headers: { ...keyless, ...from }, body: initialize() }, [401, 429]],
    [url, { headers: { ...keyless, ...from, 'x-api-key': `no-${index}` }, body: call }, [401, 429]],
    [`${origin}/no/such/${index}`, { headers: from }, [404]],
    [url, { headers: { ...jsonHeaders(), ...own }, body: '{"jsonrpc":' }, [400]],
    [url, { headers: { ...jsonHeaders(), ...own }, body: { id: index } }, [400]],
    [
      url,
      { headers: { ...jsonHeaders(), ...own, 'mcp-session-id': `${index}` }, body: list },
      [404]
    ],
    [url, { headers: { ...modernHeaders(call), ...own, 'mcp-name': 'other' }, body: call }, [400]],
    [url, { headers: { ...jsonHeaders(), ...own, host: 'evil.example' }, body: call }, [403]]
  ]
  return kinds[index % kinds.length] as [string, Sent, number[]]
}

async function refuseMany(app: App, agent: Agent, count: number): Promise<Map<number, number>> {
  const statuses = new Map<number, number>()
  let next = 0
  const work = async () => {
    for (let index = next++; index < count; index = next++) {
      const [url, sent, wanted] = refusable(app, index)
      const { status } = await send(url, { ...sent, agent })
      if (!wanted.includes(status)) throw new Error(`request ${index}: ${status}, not ${wanted}`)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: 20 }, work))
  return statuses
}

t.test(
  `${requests} refused requests leave heap and sessions as they were`,
  { timeout },
  async (t) => {
    const app = await startApp({
      http: { trustProxy: ['127.0.0.1'] },
      limits: { address: 1_000_000, banMs: 3_600_000 },
      sessions: { max: maxSessions },
      log: { level: 'silent' },
      audit: { enabled: false }
    })
    t.teardown(() => app.close(0))
    const agent = new Agent({ keepAlive: true, maxSockets: 20 })
    // Until code is compiled, connections stand and every address has its buckets.
    await refuseMany(app, agent, 2000)
    const before = await heapBytes()
    const statuses = await refuseMany(app, agent, requests)
    const grownBytes = (await heapBytes()) - before
    agent.destroy()
    t.comment(`heap ${(grownBytes / 1024).toFixed(0)} KiB more after ${requests} requests`)
    t.comment(`answers by status: ${JSON.stringify(Object.fromEntries(statuses))}`)
    t.ok(grownBytes < 2_000_000, 'less than 2 MB')
    for (const status of [400, 403, 404, 429]) t.ok(statuses.has(status), `some were ${status}`)

    const headers = { ...jsonHeaders(), 'x-forwarded-for': '198.51.100.1' }
    const open = async () => (await send(app.url, { headers, body: initialize() })).status
    for (let index = 0; index < maxSessions; index++) t.equal(await open(), 200)
    t.equal(await open(), 503, 'every place was free, and there are no more')
  }
)
