import { createServer, type Socket } from 'node:net'
import { createGzip } from 'node:zlib'
import { watchForInboundKeys } from './inbound-key.ts'
import { openPort } from './open-port.ts'

/** A request as it stood on the wire. */
interface Seen {
  readonly method: string
  readonly target: string
  /** Names in lower case; the last of several counts. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  /** Number of its connection, from 0. */
  readonly connection: number
  /** Number of the request on its connection, from 0. */
  readonly turn: number
}

export type Fault = (socket: Socket, seen: Seen) => void

export interface FaultServer {
  readonly origin: string
  readonly seen: readonly Seen[]
  /** Connections that are open. */
  readonly sockets: ReadonlySet<Socket>
  answerWith(next: Fault): void
  close(): Promise<void>
}

/** A TCP server that parses requests itself and answers with whatever bytes the fault writes. */
export async function startFaultServer(fault: Fault): Promise<FaultServer> {
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let current = fault
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    const connection = connections++
    let turn = 0
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    readRequests(socket, (request) => {
      const one = { ...request, connection, turn: turn++ }
      seen.push(one)
      current(socket, one)
    })
  })
  watchForInboundKeys(server)
  const port = await openPort(server)
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    sockets,
    answerWith(next: Fault) {
      current = next
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

/** Resolves when the connection is gone, also by a reset. */
export function closeOf(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.on('close', resolve))
}

type Request = Omit<Seen, 'connection' | 'turn'>

function readRequests(socket: Socket, onRequest: (request: Request) => void): void {
  let buffer = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    buffer += chunk
    for (let end = buffer.indexOf('\r\n\r\n'); end !== -1; end = buffer.indexOf('\r\n\r\n')) {
      const [line = '', ...lines] = buffer.slice(0, end).split('\r\n')
      const headers = new Map(
        lines.map((each): [string, string] => {
          const colon = each.indexOf(':')
          return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()]
        })
      )
      const bodyEnd = end + 4 + Number(headers.get('content-length') ?? 0)
      if (buffer.length < bodyEnd) return
      const [method = '', target = ''] = line.split(' ')
      const body = buffer.slice(end + 4, bodyEnd)
      buffer = buffer.slice(bodyEnd)
      onRequest({ method, target, headers, body })
    }
  })
}

type Headers = Readonly<Record<string, string | number>>

export function head(status: number, headers: Headers): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `HTTP/1.1 ${status} Status\r\n${lines.join('\r\n')}\r\n\r\n`
}

/** A complete, honest answer. */
export function reply(status: number, body: string | Buffer, headers: Headers = {}): Fault {
  const bytes = Buffer.from(body)
  const all = { 'content-type': 'application/json', 'content-length': bytes.length, ...headers }
  return (socket) => socket.write(Buffer.concat([Buffer.from(head(status, all)), bytes]))
}

/** These bytes and nothing more; the connection stays open. */
export function raw(text: string): Fault {
  return (socket) => socket.write(text, 'latin1')
}

export const hang: Fault = () => {}

/** Resets the connection without an answer. */
export const reset: Fault = (socket) => socket.resetAndDestroy()

/** Half of the promised body, then a reset. */
export const resetMidBody: Fault = (socket) => {
  socket.write(`${head(200, { 'content-type': 'application/json', 'content-length': 16 })}{"id":1}`)
  setImmediate(() => socket.resetAndDestroy())
}

/** Half of the promised body, then an orderly end. */
export const shortFin: Fault = (socket) => {
  socket.end(`${head(200, { 'content-type': 'application/json', 'content-length': 16 })}{"id":1}`)
}

/** Headers at once, then a space now and then, forever. */
export const drip: Fault = (socket) => {
  socket.write(head(200, { 'content-type': 'application/json', 'content-length': 1_000_000 }))
  const timer = setInterval(() => socket.write(' '), 20)
  socket.on('close', () => clearInterval(timer))
}

/** A body of so many bytes, as fast as it is taken. */
export function pour(bytes: number, isAnnounced: boolean): Fault {
  return (socket) => {
    const length: Headers = isAnnounced ? { 'content-length': bytes } : { connection: 'close' }
    socket.write(head(200, { 'content-type': 'application/json', ...length }))
    let left = bytes
    const block = Buffer.alloc(65_536, 0x20)
    const go = (): void => {
      while (left > 0 && !socket.destroyed) {
        left -= block.length
        if (!socket.write(block)) return void socket.once('drain', go)
      }
      if (!isAnnounced) socket.end()
    }
    go()
  }
}

/** So many zeros, gzipped on the way. */
export function bomb(bytes: number): Fault {
  return (socket) => {
    socket.write(
      head(200, {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        connection: 'close'
      })
    )
    const gzip = createGzip()
    gzip.pipe(socket)
    let left = bytes
    const block = Buffer.alloc(1024 * 1024)
    const go = (): void => {
      while (left > 0 && !socket.destroyed) {
        left -= block.length
        if (!gzip.write(block)) return void gzip.once('drain', go)
      }
      gzip.end()
    }
    go()
  }
}

/** An honest first answer; a second request on the same connection is reset unanswered. */
export function closeOnReuse(answer: Fault): Fault {
  return (socket, seen) => (seen.turn === 0 ? answer(socket, seen) : socket.resetAndDestroy())
}
