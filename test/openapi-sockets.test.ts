import type { Socket } from 'node:net'
import t from 'tap'
import { createContext, once1, openClient, request } from './helpers/api-client.ts'
import { reply, startFaultServer } from './helpers/fault-server.ts'
import { until } from './helpers/until.ts'

t.test('api.maxSockets bounds connections, api.keepAliveSockets those that stay', async (t) => {
  const held: Socket[] = []
  let isHolding = true
  let most = 0
  const answer = reply(200, '{}')
  const server = await startFaultServer((socket, seen) => {
    most = Math.max(most, server.sockets.size)
    if (isHolding && seen.target === '/things') held.push(socket)
    else answer(socket, seen)
  })
  const client = openClient({ limits: { ...once1, maxSockets: 3, keepAliveSockets: 2 } })
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const calls = Array.from({ length: 6 }, () =>
    client.send(request(server.origin), createContext())
  )
  await until(() => held.length >= 3, 'three calls are there')
  // Whoever connects now comes after all that were connecting before.
  await (await fetch(`${server.origin}/probe`, { headers: { connection: 'close' } })).text()
  await until(() => server.sockets.size <= 3, 'the probe has gone')
  t.equal(held.length, 3, 'as many wait for a connection')
  await t.rejects(client.send(request(server.origin), createContext()), {
    message: /^Too many calls to this API/
  })
  isHolding = false
  for (const socket of held) answer(socket, {} as never)
  const answers = await Promise.all(calls)
  t.same(
    answers.map(({ status }) => status),
    Array(6).fill(200)
  )
  t.ok(most <= 4, `${most} at once: three and the probe`)
  await until(() => server.sockets.size === 2, 'two are kept')
})
