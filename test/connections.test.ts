import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { startApp } from './helpers/app.ts'
import { authHeaders } from './helpers/messages.ts'
import { until } from './helpers/until.ts'

type App = Awaited<ReturnType<typeof startApp>>

async function open({ port }: App, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Sends one request with a good key over a connection that stays open, and reads its status line. */
async function ask(socket: Socket, { port }: App): Promise<string> {
  const { authorization } = authHeaders()
  const head = [
    'GET /api/tools HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    `authorization: ${authorization}`
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const [chunk] = await once(socket, 'data')
  return String(chunk).split('\r\n')[0] ?? ''
}

const isClosed = (socket: Socket): boolean => socket.closed || socket.destroyed
const openOnes = (sockets: readonly Socket[]): number =>
  sockets.filter((socket) => !isClosed(socket)).length

async function openMany(app: App, count: number, localAddress: string): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (let left = count; left > 0; left--) sockets.push(await open(app, localAddress))
  return sockets
}

t.test('an address has so many connections and no more; others are not touched', async (t) => {
  const app = await startApp({ http: { maxConnectionsPerAddress: 3 } })
  const crowd = await openMany(app, 5, '127.0.0.2')
  t.teardown(() => {
    for (const socket of crowd) socket.destroy()
    return app.close(0)
  })
  await until(() => openOnes(crowd) === 3, 'two of five are closed')
  const other = await open(app)
  t.match(await ask(other, app), '200')
  other.destroy()
})

t.test('behind a trusted proxy an address is not one client', async (t) => {
  const app = await startApp({
    http: { maxConnectionsPerAddress: 1, trustProxy: ['127.0.0.0/8'] }
  })
  const many = await openMany(app, 4, '127.0.0.3')
  t.teardown(() => {
    for (const socket of many) socket.destroy()
    return app.close(0)
  })
  t.match(await ask(many[3] as Socket, app), '200')
  t.equal(openOnes(many), 4)
})

t.test('a full house makes room at the cost of those who never showed a key', async (t) => {
  const app = await startApp({ http: { maxConnections: 4 } })
  const member = await open(app)
  t.match(await ask(member, app), '200')
  const silent = await openMany(app, 3, '127.0.0.2')
  const newcomer = await open(app, '127.0.0.4')
  t.teardown(() => {
    for (const socket of [member, newcomer, ...silent]) socket.destroy()
    return app.close(0)
  })
  t.match(await ask(newcomer, app), '200')
  await until(() => isClosed(silent[0] as Socket), 'the oldest silent one had to go')
  t.equal(openOnes(silent), 2)
  t.match(await ask(member, app), '200', 'a member stays')
})

t.test('a house full of members takes nobody', async (t) => {
  const app = await startApp({ http: { maxConnections: 2 } })
  const members = await openMany(app, 2, '127.0.0.1')
  for (const member of members) t.match(await ask(member, app), '200')
  const late = await open(app, '127.0.0.4')
  t.teardown(() => {
    for (const socket of [late, ...members]) socket.destroy()
    return app.close(0)
  })
  await until(() => isClosed(late), 'the newcomer is closed')
  for (const member of members) t.match(await ask(member, app), '200')
})
