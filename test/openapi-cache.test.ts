import t, { type Test } from 'tap'
import type { ApiCredential } from '../src/settings/api-settings.ts'
import { createCache } from '../tools/openapi/client/cache.ts'
import { createContext, createTestTime, limits, openClient, request } from './helpers/api-client.ts'
import { type Fault, reply, startFaultServer } from './helpers/fault-server.ts'

async function start(t: Test, fault: Fault, credential: ApiCredential = { mode: 'none' }) {
  const server = await startFaultServer(fault)
  const time = createTestTime()
  const client = openClient({
    credential,
    limits: { ...limits, attempts: 1, cacheTtlMs: 1_000 },
    waiting: time.waiting
  })
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const send = (method = 'GET', id = 'ann', extra = {}, options = {}) =>
    client.send(
      request(server.origin, method, extra),
      createContext({ principal: { id, kind: 'key' } }),
      options
    )
  return { server, send, time }
}

t.test('a read is kept for its time, per principal and per request', async (t) => {
  const { server, send, time } = await start(t, reply(200, '{}'))
  const first = await send()
  t.equal(await send(), first)
  t.equal(server.seen.length, 1)
  await send('GET', 'bob')
  t.equal(server.seen.length, 2, 'another principal')
  await send('GET', 'ann', { headers: { 'accept-language': 'de' } })
  t.equal(server.seen.length, 3, 'other headers')
  await send('GET', 'ann', {}, { cacheable: false })
  t.equal(server.seen.length, 4, 'not where the configuration says no')
  time.advance(1_000)
  await send()
  t.equal(server.seen.length, 5, 'its time is over')
})

t.test('nothing but a good answer is kept', async (t) => {
  for (const fault of [
    reply(404, '{}'),
    reply(500, '{}'),
    reply(200, '{}', { 'cache-control': 'private, no-store' })
  ]) {
    const { server, send } = await start(t, fault)
    await send()
    await send()
    t.equal(server.seen.length, 2)
  }
})

t.test('a write forgets everything, also a read that was under way', async (t) => {
  const { server, send } = await start(t, reply(200, '{}'))
  await send()
  await send('POST')
  await send()
  t.equal(server.seen.length, 3)

  const waiting: (() => void)[] = []
  server.answerWith((socket, seen) => {
    const answer = () => reply(200, '{}')(socket, seen)
    if (seen.method === 'GET') waiting.push(answer)
    else answer()
  })
  await send('POST')
  const read = send()
  while (waiting.length === 0) await new Promise(setImmediate)
  await send('POST')
  waiting[0]?.()
  await read
  server.answerWith(reply(200, '{}'))
  const before = server.seen.length
  await send()
  t.equal(server.seen.length, before + 1, 'the older answer was not kept')
})

t.test('callers with credentials of their own never share', async (t) => {
  const server = await startFaultServer((socket, seen) =>
    reply(200, JSON.stringify(seen.headers.get('authorization')))(socket, seen)
  )
  const client = openClient({
    credential: { mode: 'caller', header: 'X-Upstream-Authorization' },
    limits: { ...limits, cacheTtlMs: 1_000 }
  })
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const read = async (value: string) => {
    const upstreamHeaders = new Map([['x-upstream-authorization', value]])
    const response = await client.send(request(server.origin), createContext({ upstreamHeaders }))
    return Buffer.from(response.body).toString()
  }
  t.equal(await read('Bearer one'), '"Bearer one"')
  t.equal(await read('Bearer two'), '"Bearer two"')
  t.equal(await read('Bearer one'), '"Bearer one"')
  t.equal(server.seen.length, 2)
})

t.test('the store is bounded in count and bytes; the least recently used leave first', (t) => {
  const cache = createCache<number>(1_000, () => 0)
  for (let key = 0; key < 1_000; key++) cache.put(String(key), key, 10, 0)
  t.equal(cache.get('0'), 0)
  cache.put('new', 1, 10, 0)
  t.equal(cache.get('0'), 0, 'just used')
  t.equal(cache.get('1'), undefined)
  const mebibyte = 1024 * 1024
  for (let key = 0; key < 6; key++) cache.put(`big${key}`, key, 4 * mebibyte - 100, 0)
  t.equal(cache.get('big0'), undefined)
  t.equal(cache.get('big5'), 5)
  cache.put('huge', 1, 5 * mebibyte, 0)
  t.equal(cache.get('huge'), undefined, 'one answer cannot take it all')
  t.end()
})
