import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Transform, type TransformCallback } from 'node:stream'
import { openPort } from '../helpers/open-port.ts'

/** What the proxy does to the bytes that pass it, in both directions. */
export interface Weather {
  /** Each piece arrives so much later. */
  readonly delayMs?: number
  /** And up to so much more. */
  readonly jitterMs?: number
  readonly bytesPerSecond?: number
  /** Takes everything and passes nothing on: packets that get lost, or a half-open connection. */
  readonly isBlackHole?: boolean
}

/** A user-space TCP proxy. */
export interface TcpProxy {
  readonly port: number
  /** Of connections that are open and of those to come. */
  change(weather: Weather): void
  /** Ends every connection in order, cuts it without a word, or resets it. */
  breakAll(how: 'end' | 'destroy' | 'reset'): void
  readonly open: number
  close(): Promise<void>
}

export async function startProxy(targetPort: number): Promise<TcpProxy> {
  let weather: Weather = {}
  const sockets = new Set<Socket>()
  const follow = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
    for (const [from, to] of [
      [client, upstream],
      [upstream, client]
    ] as const) {
      follow(from)
      from.pipe(pass(() => weather)).pipe(to)
      from.on('error', () => to.resetAndDestroy()).on('close', () => to.destroySoon())
    }
  })
  const port = await openPort(server)
  return {
    port,
    change(next) {
      weather = next
    },
    breakAll(how) {
      for (const socket of sockets) {
        if (how === 'end') socket.end()
        else if (how === 'destroy') socket.destroy()
        else socket.resetAndDestroy()
      }
    },
    get open() {
      return sockets.size
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    }
  }
}

/** One direction; pieces keep their order, since each waits for the one before. */
function pass(weather: () => Weather): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const { delayMs = 0, jitterMs = 0, bytesPerSecond, isBlackHole } = weather()
      // What was lost stays lost; the ends find out by their timeouts.
      if (isBlackHole) return done()
      const paceMs = bytesPerSecond === undefined ? 0 : (chunk.length / bytesPerSecond) * 1000
      const waitMs = delayMs + Math.random() * jitterMs + paceMs
      if (waitMs === 0) return done(null, chunk)
      setTimeout(() => done(null, chunk), waitMs)
    }
  })
}
