import t from 'tap'
import { fixture, spawnNode, start } from './helpers/executable.ts'
import { createGate } from './helpers/gate.ts'
import { send } from './helpers/http.ts'
import { quiet } from './helpers/json-rpc.ts'
import { modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'
import { until } from './helpers/until.ts'
import { childEntry } from './helpers/upstreams.ts'

/* How long the end of the process may take, and what it says when that was not enough. */

const token = 'Wq3vX8rT1mZ6kB9nL4yD7cF2hJ5pS0gA'

t.test('an end that takes too long is told of, and what records is closed', async (t) => {
  const { code, stderr } = await spawnNode([fixture('late-shutdown')], {}, 'pipe').ended
  t.equal(code, 1)
  t.match(stderr, /not closed after 50 ms[^\n]*\n[^\n]*closed at last/)
})

t.test('it is long enough for a call and then a program that will not end', async (t) => {
  t.setTimeout(60_000)
  const gate = await createGate()
  t.teardown(gate.close)
  const servers = { stubborn: childEntry({ env: { STUBBORN: '1' } }) }
  const folder = t.testdir({ 'config.json': JSON.stringify({ servers }) })
  const args = ['--http', '--port', '0', '--config', `${folder}/config.json`]
  const running = start([...args, '--module', fixture('gated-tools')], {
    ...quiet,
    ...gate.env,
    MCP_AUTH_TOKEN: token,
    MCP_PRODUCTION_MODE: 'false'
  })
  t.teardown(() => running.child.kill('SIGKILL'))
  const [, url = ''] = await running.stderr.until(/"url":"([^"]+)"/)
  const ask = (method: string, params = {}) => {
    const body = modernRequest(method, params)
    return send(url, {
      headers: { ...modernHeaders(body), authorization: `Bearer ${token}` },
      body
    })
  }
  await until(async () => (await ask('tools/list')).text.includes('stubborn__echo'), 'its tools')
  const held = ask('tools/call', toolCall('wait_at_gate', { name: 'for ever' }))
  await gate.reached(1)
  running.child.kill('SIGTERM')
  t.match(await held, { status: 200, text: /"isError":true/ })
  const { code, stderr } = await running.ended
  t.equal(code, 0, 'in time', { stderr })
})
