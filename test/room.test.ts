import t from 'tap'
import { type App, startApp } from './helpers/app.ts'
import { allCarriers } from './helpers/carriers.ts'
import { type EventStream, openStream, send } from './helpers/http.ts'
import { jsonHeaders, legacy, modernHeaders, modernRequest, request } from './helpers/messages.ts'
import { tryUpgrade } from './helpers/websocket.ts'

/* What callers without a name keep open is counted by network, and owned by address. */

const settings = { http: { trustProxy: ['127.0.0.1'] }, auth: { required: false }, ...allCarriers }

/** Headers of a caller without a name at this address, as a proxy names it. */
function nameless(headers: Readonly<Record<string, string>>, address: string) {
  const { authorization: _, ...others } = headers
  return { ...others, 'x-forwarded-for': address }
}

const initialize = request('initialize', {
  protocolVersion: legacy,
  capabilities: {},
  clientInfo: { name: 'test', version: '1' }
})
const listen = modernRequest('subscriptions/listen', { notifications: { toolsListChanged: true } })

interface Opened {
  readonly isOpen: boolean
  cut(): void
}

async function look(stream: EventStream): Promise<Opened> {
  const { message } = (await stream.next()) ?? {}
  return { isOpen: stream.status === 200 && !message?.error, cut: stream.cut }
}

type Open = (app: App, address: string) => Promise<Opened>

const places: Readonly<Record<string, Open>> = {
  sessions: async ({ url }, address) =>
    look(await openStream(url, { headers: nameless(jsonHeaders(), address), body: initialize })),
  subscriptions: async ({ url }, address) =>
    look(
      await openStream(url, { headers: nameless(modernHeaders(listen), address), body: listen })
    ),
  'sessions of 2024-11-05': async ({ url }, address) =>
    look(await openStream(`${url}/sse`, { method: 'GET', headers: nameless({}, address) })),
  WebSockets: async ({ url }, address) => {
    const upgrade = await tryUpgrade(url, { headers: nameless({}, address) })
    if ('answer' in upgrade) return { isOpen: false, cut() {} }
    return { isOpen: true, cut: () => upgrade.socket.terminate() }
  }
}

for (const [what, open] of Object.entries(places)) {
  t.test(`${what}: another address of its network gives a caller no second share`, async (t) => {
    // A share is ten of twenty.
    const app = await startApp({ ...settings, sessions: { max: 20 }, limits: { enabled: false } })
    t.teardown(() => app.close(0))
    const opened = []
    for (let host = 1; host <= 10; host++) opened.push(await open(app, `2001:db8::${host}`))
    t.ok(opened.every(({ isOpen }) => isOpen))
    const more = await open(app, '2001:db8:0:0:ffff::')
    t.notOk(more.isOpen)
    const other = await open(app, '2001:db8:0:1::1')
    t.ok(other.isOpen, 'the network beside it has a share of its own')
    for (const { cut } of [...opened, more, other]) cut()
  })
}

t.test('a session is of the address that began it, not of its network', async (t) => {
  const app = await startApp(settings)
  t.teardown(() => app.close(0))
  const headers = nameless(jsonHeaders(), '2001:db8::1')
  const opened = await send(app.url, { headers, body: initialize })
  const session = { 'mcp-session-id': String(opened.headers['mcp-session-id']) }
  const ask = async (address: string) => {
    const sent = { headers: { ...nameless(jsonHeaders(), address), ...session } }
    return (await send(app.url, { ...sent, body: request('tools/list') })).status
  }
  t.equal(await ask('2001:db8::2'), 404)
  t.equal(await ask('2001:db8::1'), 200)
})
