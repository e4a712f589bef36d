import t from 'tap'
import { startApp } from './helpers/app.ts'
import { connect } from './helpers/json-rpc.ts'
import { authHeaders, call, modernRequest, toolCall } from './helpers/messages.ts'
import { until } from './helpers/until.ts'
import { exchange, openSocket } from './helpers/websocket.ts'

/* Which carriers leave lines in the log; test/public-routes.test.ts has those of HTTP. */

t.test('a WebSocket leaves one line, with its route, when it closes', async (t) => {
  const app = await startApp({ transport: 'websocket' })
  t.teardown(() => app.close(0))
  const lines = () => app.log().filter(({ msg }) => msg === 'request')
  const socket = await openSocket(app.url, { headers: authHeaders() })
  for (const id of [1, 2]) {
    const message = modernRequest('tools/call', toolCall('echo', { text: 'hi' }), id)
    t.match(await exchange(socket, message), { id, result: {} })
  }
  t.equal(lines().length, 0, 'none for a call')
  socket.close()
  await until(() => lines().length > 0, 'the line of the connection')
  t.match(lines(), [{ method: 'GET /mcp', http_status: 101, status: 'success' }])
  t.equal(app.audit('TOOL_EXECUTE').length, 2, 'the audit has the calls')
})

t.test('stdio leaves none: the audit has its calls', async (t) => {
  const client = connect([], { MCP_AUDIT: 'true', LOG_LEVEL: 'debug' })
  client.send(call('calculate_npv', { rate: 0.1, cashFlows: [-1, 2] }))
  client.child.stdin?.end()
  const { code, stderr } = await client.ended
  t.equal(code, 0)
  const lines = stderr.trim().split('\n')
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  t.equal(parsed.filter(({ event }) => event === 'TOOL_EXECUTE').length, 1)
  t.same(
    parsed.filter(({ duration_ms }) => duration_ms !== undefined),
    []
  )
})
