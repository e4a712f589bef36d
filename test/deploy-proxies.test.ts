import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { fixture } from './helpers/executable.ts'
import { type Answer, openStream, send } from './helpers/http.ts'
import { initialize, legacy } from './helpers/messages.ts'
import { without } from './helpers/program.ts'
import {
  agentOf,
  callKey,
  callOf,
  checkNginx,
  type RunningProxy,
  type StartProxy,
  site,
  startCaddy,
  startNginx
} from './helpers/proxies.ts'
import { serve } from './helpers/serve.ts'

/* A real server behind real proxies with the files of `deploy/`. */

/** Between two events; nothing is measured, each waits until the one before has arrived. */
const gapMs = 300

const proxies: readonly (readonly [string, StartProxy])[] = [
  ['nginx', startNginx],
  ['caddy', startCaddy]
]

t.setTimeout(120_000)

for (const [name, startProxy] of proxies) {
  t.test(name, { skip: without(name) }, async (t) => {
    const auditFile = join(t.testdir({}), 'audit.jsonl')
    const { port } = await serve(t, ['--http', '--module', fixture('proxied-tools')], {
      MCP_AUTH_TOKEN: callKey,
      MCP_AUDIT_FILE: auditFile,
      MCP_ALLOWED_HOSTS: `${site},127.0.0.1`,
      MCP_TRUST_PROXY: '127.0.0.1',
      MCP_RATE_LIMIT_ENABLED: 'false'
    })
    const proxy = await startProxy([port])
    t.teardown(() => proxy.close())
    const direct = `http://127.0.0.1:${port}/mcp`
    const tell = (tool: string, args: Readonly<Record<string, unknown>>) =>
      send(direct, callOf(tool, args, '127.0.0.1'))

    await t.test('events arrive one by one', (t) => checkEvents(t, proxy, tell))
    await t.test('a stream of a session opens at once', (t) => checkSession(t, proxy))
    await t.test('a client that leaves is noticed', (t) => checkLeaving(t, proxy, tell))
    await t.test('the audit line has the real client', (t) => checkRemote(t, proxy, auditFile))
    await t.test('bodies are limited', (t) => checkBodies(t, proxy))
    await t.test('plain http leads to https', (t) => checkRedirect(t, proxy))
  })
}

t.test('nginx -t', { skip: without('nginx') }, async (t) => {
  const { status, text } = checkNginx()
  t.equal(status, 0, text)
  t.notMatch(text, /warn|emerg/)
})

type Tell = (tool: string, args: Readonly<Record<string, unknown>>) => Promise<Answer>

async function checkEvents(t: Test, proxy: RunningProxy, tell: Tell): Promise<void> {
  const steps = 4
  const agent = agentOf(t, proxy)
  const stream = await openStream(`${proxy.origin}/mcp`, {
    ...callOf('pace', { name: 'slow', steps }),
    agent
  })
  t.equal(stream.status, 200)
  // The tool takes its next step only when this one was seen here: a proxy that collects hangs.
  for (let step = 1; step <= steps; step++) {
    await stream.find(({ params }) => params?.progress === step)
    await wait(gapMs)
    t.equal((await tell('go_on', { name: 'slow', step })).status, 200)
  }
  const { result } = await stream.find(({ result }) => result !== undefined)
  t.match(result, { content: [{ text: 'arrived' }] })
}

async function checkSession(t: Test, proxy: RunningProxy): Promise<void> {
  const agent = agentOf(t, proxy)
  const common = { host: site, authorization: `Bearer ${callKey}` }
  const accept = 'application/json, text/event-stream'
  const opened = await send(`${proxy.origin}/mcp`, {
    headers: { ...common, accept, 'content-type': 'application/json' },
    body: initialize(),
    agent
  })
  const session = { 'mcp-session-id': String(opened.headers['mcp-session-id']) }
  const stream = await openStream(`${proxy.origin}/mcp`, {
    method: 'GET',
    headers: { ...common, accept: 'text/event-stream', 'mcp-protocol-version': legacy, ...session },
    agent
  })
  t.equal(stream.status, 200)
  stream.cut()
}

async function checkLeaving(t: Test, proxy: RunningProxy, tell: Tell): Promise<void> {
  const agent = agentOf(t, proxy)
  const call = callOf('pace', { name: 'leaver', steps: 1 })
  const stream = await openStream(`${proxy.origin}/mcp`, { ...call, agent })
  await stream.find(({ params }) => params?.progress === 1)
  stream.cut()
  t.match((await tell('await_left', { name: 'leaver' })).text, /it left/)
}

async function checkRemote(t: Test, proxy: RunningProxy, auditFile: string): Promise<void> {
  const agent = agentOf(t, proxy)
  const call = callOf('go_on', { name: 'nobody', step: 1 })
  const headers = { ...call.headers, 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.8' }
  // Linux takes every address of 127.0.0.0/8 for its own.
  const from = process.platform === 'linux' ? '127.0.0.9' : '127.0.0.1'
  const answer = await send(`${proxy.origin}/mcp`, { ...call, headers, agent, from })
  t.equal(answer.status, 200)
  t.match(answer.headers['strict-transport-security'], /max-age=31536000/)
  const requestId = String(answer.headers['x-request-id'])
  const line = readFileSync(auditFile, 'utf8')
    .split('\n')
    .find((text) => text.includes(requestId) && text.includes('TOOL_EXECUTE'))
  t.match(JSON.parse(line ?? '{}'), { remote: from, tool: 'go_on', outcome: 'ok' })
}

async function checkBodies(t: Test, proxy: RunningProxy): Promise<void> {
  const agent = agentOf(t, proxy)
  const limit = 1_048_576
  const most = JSON.stringify(callOf('go_on', { name: '', step: 1 }).body).length
  const post = (bytes: number) =>
    // A proxy may hang up before everything was sent.
    send(`${proxy.origin}/mcp`, { ...callOf('go_on', { name: 'x'.repeat(bytes), step: 1 }), agent })
      .then(({ status }) => String(status))
      .catch(({ code }: NodeJS.ErrnoException) => String(code))
  t.equal(await post(limit - most), '200')
  // 502 is what Debian's Caddy makes of it.
  t.match(await post(limit - most + 1), /^(?:413|502|EPIPE|ECONNRESET)$/)
}

async function checkRedirect(t: Test, proxy: RunningProxy): Promise<void> {
  const url = `${proxy.plainOrigin}/mcp?a=1`
  const { status, headers } = await send(url, { method: 'GET', headers: { host: site } })
  t.match(String(status), /^30[18]$/)
  t.match(headers.location, /^https:\/\/mcp\.example\.com(?::\d+)?\/mcp\?a=1$/)
}
