import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { fixture } from './helpers/executable.ts'
import { createGate } from './helpers/gate.ts'
import { send } from './helpers/http.ts'
import { connect } from './helpers/json-rpc.ts'
import { bearerHeaders, call, initialize, ping, request } from './helpers/messages.ts'
import { checkRefusal } from './helpers/refusals.ts'
import { serve } from './helpers/serve.ts'
import { until } from './helpers/until.ts'

const token = 'a-token-of-more-than-32-characters-for-tests'
const gated = ['--module', fixture('gated-tools')]
const headers = bearerHeaders(token)

t.test('SIGUSR2 over HTTP: nothing new, what runs is answered, and /ready says so', async (t) => {
  const gate = await createGate()
  t.teardown(gate.close)
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const config = join(folder, 'config.json')
  writeFileSync(config, JSON.stringify({ limits: { maxConcurrent: 1, queue: 1 } }))
  const env = { ...gate.env, MCP_AUTH_TOKEN: token }
  const { running, url, origin } = await serve(t, ['--http', '--config', config, ...gated], env)
  const post = (id: string, name: string, args: Readonly<Record<string, unknown>>) =>
    send(url, { headers, body: call(name, args, id) })

  const held = post('held', 'wait_at_gate', { name: 'held' })
  await gate.reached(1)
  const waiting = post('waiting', 'fill', { length: 1 })
  const reasons = async () =>
    JSON.parse((await send(`${origin}/ready`, { method: 'GET' })).text).reasons
  await until(async () => (await reasons())[0]?.reason === 'overloaded', 'a full queue')
  running.child.kill('SIGUSR2')
  await running.stderr.until(/SECURITY ALERT: kill switch/)
  // Sent again, as by a script that retries: it stays stopped.
  running.child.kill('SIGUSR2')

  const wanted = { status: 503, headers: { 'retry-after': '60' } }
  checkRefusal(t, await post('new', 'fill', { length: 1 }), { ...wanted, code: 503, id: null })
  checkRefusal(t, await send(`${origin}/api/tools`, { method: 'GET', headers }), {
    ...wanted,
    code: 'plain'
  })
  const ready = await send(`${origin}/ready`, { method: 'GET' })
  t.equal(ready.status, 503)
  t.strictSame(JSON.parse(ready.text).reasons, [{ reason: 'calls_stopped' }])
  t.equal((await send(`${origin}/health`, { method: 'GET' })).status, 200)
  t.match((await waiting).text, /busy|stopped/, 'who waited for a slot never starts')
  gate.open()
  t.match((await held).text, /passed held/)
  const alerts = running.stderr.text.match(/"event":"SECURITY_ALERT".*/g)
  t.equal(alerts?.length, 1)
  t.match(alerts?.[0], /"reason":"calls_stopped"/)

  running.child.kill('SIGTERM')
  t.equal((await running.ended).code, 0)
})

t.test('SIGUSR2 over stdio', async (t) => {
  const gate = await createGate()
  t.teardown(gate.close)
  const client = connect(gated, gate.env)
  client.send(initialize(0), call('wait_at_gate', { name: 'held' }))
  await gate.reached(1)
  client.child.kill('SIGUSR2')
  await client.stderr.until(/SECURITY ALERT: kill switch/)
  client.send(call('fill', { length: 1 }, 2), ping(3), request('tools/list', {}, 4))
  for (const id of [2, 3, 4]) {
    t.match(await client.answer(id), { error: { code: 503, data: { retryAfterMs: 60_000 } } })
  }
  gate.open()
  t.match(await client.answer(1), { result: { content: [{ text: 'passed held' }] } })
  client.child.stdin?.end()
  t.equal((await client.ended).code, 0)
})
