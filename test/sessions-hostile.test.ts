import t from 'tap'
import { startApp } from './helpers/app.ts'
import { openSessionId } from './helpers/carriers.ts'
import { openStream, send } from './helpers/http.ts'
import { initialize, jsonHeaders, modernHeaders, modernRequest, ping } from './helpers/messages.ts'
import { until } from './helpers/until.ts'

/* What a client does to a session that nobody meant it to do. */

t.test('a batch that is refused uses up no id', async (t) => {
  const app = await startApp()
  t.teardown(() => app.close(0))
  const version = '2025-03-26'
  const sessionId = await openSessionId({ app, key: 'full' })
  const headers = { ...jsonHeaders(), 'mcp-session-id': sessionId }
  const post = (body: unknown) =>
    send(app.url, { headers: { ...headers, 'mcp-protocol-version': version }, body })
  const twice = await post([ping(7), ping(7)])
  t.match(twice, { status: 400, text: /-32600/ }, 'one id twice')
  t.equal((await post([initialize(8), ping(9)])).status, 400, 'a second initialize')
  for (const id of [7, 8, 9]) {
    t.match(await post(ping(id)), { status: 200, text: /"result":\{\}/ }, `${id}`)
  }
})

t.test('nobody keeps the session of somebody else from ending', async (t) => {
  const app = await startApp({ sessions: { idleMs: 1000 } })
  t.teardown(() => app.close(0))
  const sessionId = await openSessionId({ app, key: 'tiny' })
  const listen = modernRequest('subscriptions/listen', {
    notifications: { toolsListChanged: true }
  })
  const stream = await openStream(app.url, {
    headers: { ...modernHeaders(listen), 'mcp-session-id': sessionId },
    body: listen
  })
  t.equal(stream.status, 200)
  const isOver = () => app.log().some(({ msg }) => msg === 'Cleaned up expired session')
  await until(isOver, 'the end of the session')
  stream.cut()
})
