import t from 'tap'
import { startApp } from './helpers/app.ts'
import { send } from './helpers/http.ts'
import { modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'
import type { KeyName } from './helpers/principals.ts'
import { until } from './helpers/until.ts'

/* Whom a limit counts, seen from outside: one caller must not spoil it for the others. */

t.test('one caller with many slow calls leaves the others a place', async (t) => {
  const app = await startApp({ limits: { maxConcurrent: 1, queue: 3, queueWaitMs: 60_000 } })
  t.teardown(() => app.close(0))
  const ended: string[] = []
  const call = async (key: KeyName, name: string, tool = 'hold') => {
    const args = tool === 'hold' ? { name } : { text: name }
    const body = modernRequest('tools/call', toolCall(tool, args))
    const { text } = await send(app.url, { headers: modernHeaders(body, key), body })
    ended.push(`${name} ${text.includes('no free slot') ? 'busy' : 'done'}`)
  }
  const calls = [call('full', 'first')]
  await app.events.told('running first')
  const names = ['second', 'third', 'fourth', 'fifth']
  for (const name of names) calls.push(call('full', name))
  await until(() => ended.length === 1, 'the queue is full')
  t.match(ended[0], /busy/)
  calls.push(call('tiny', 'other', 'echo'))
  await until(() => ended.length === 2, 'the other one takes a place')
  t.match(ended[1], /(?:second|third|fourth|fifth) busy/)
  app.events.tell('release first')
  // In turn: one of the caller that has waited longest, then the other caller's.
  await Promise.race(names.map((name) => app.events.told(`running ${name}`)))
  for (const name of names) app.events.tell(`release ${name}`)
  await Promise.all(calls)
  const served = app.audit('TOOL_EXECUTE').filter(({ outcome }) => outcome === 'ok')
  const callers = served.map(({ principal }) => principal)
  t.equal(callers.length, 4)
  t.not(callers.indexOf('tiny'), 3, 'not after all those who came before it')
})

const list = modernRequest('tools/list')

/** Sends one request per client address, as a proxy names it, and returns the statuses. */
async function askFrom(url: string, addresses: readonly string[]): Promise<number[]> {
  const statuses = []
  for (const address of addresses) {
    const headers = { ...modernHeaders(list), 'x-forwarded-for': address }
    statuses.push((await send(url, { headers, body: list })).status)
  }
  return statuses
}

t.test('a trusted proxy is not the client: each address counts, IPv6 by /64', async (t) => {
  const app = await startApp({ http: { trustProxy: ['127.0.0.1'] }, limits: { address: 1 } })
  t.teardown(() => app.close(0))
  t.strictSame(await askFrom(app.url, ['192.0.2.1', '192.0.2.2', '192.0.2.1']), [200, 200, 429])
  const hosts = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::', '2001:db8:0:1::1']
  t.strictSame(await askFrom(app.url, hosts), [200, 429, 429, 200])
})

t.test('what a client says of itself counts for nothing', async (t) => {
  const app = await startApp({ limits: { address: 2 } })
  t.teardown(() => app.close(0))
  const claimed = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
  t.strictSame(await askFrom(app.url, claimed), [200, 200, 429])
})

t.test('callers without a name are told apart by network', async (t) => {
  const app = await startApp({
    http: { trustProxy: ['127.0.0.1'] },
    auth: { required: false },
    limits: { methods: { 'tools/list': { perMinute: 0.001, burst: 1 } } }
  })
  t.teardown(() => app.close(0))
  const answers = []
  for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1', '192.0.2.1']) {
    const { authorization: _, ...headers } = modernHeaders(list)
    const sent = { headers: { ...headers, 'x-forwarded-for': address }, body: list }
    answers.push(JSON.parse((await send(app.url, sent)).text).error?.code)
  }
  t.strictSame(answers, [undefined, 429, undefined, undefined])
})
