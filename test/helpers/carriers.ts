import { once } from 'node:events'
import type { Agent } from 'node:http'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { WebSocket } from 'ws'
import { serveLines } from '../../transports/stdio.ts'
import type { App } from './app.ts'
import { type EventStream, type Message, openStream, send } from './http.ts'
import {
  authHeaders,
  initialize,
  jsonHeaders,
  legacy,
  modernHeaders,
  modernRequest,
  type Request,
  request
} from './messages.ts'
import { type KeyName, principals } from './principals.ts'

type Params = Readonly<Record<string, unknown>>

/** A request on its way. */
interface Pending {
  /** The answer; undefined when the request ended without one, as a cancelled one does. */
  readonly answer: Promise<Message | undefined>
  /** Gives the request up as a client of this carrier does. */
  cancel(): Promise<void>
}

/** One way of reaching the dispatcher, with nothing of a client library in between. */
export interface Carrier {
  send(method: string, params: Params, id?: string | number): Promise<Pending>
  close(): Promise<void>
}

export interface CarrierOptions {
  readonly app: App
  readonly key: KeyName
  readonly agent?: Agent
}

type Open = (options: CarrierOptions) => Promise<Carrier>

/** Every transport in every era that it speaks. */
export const carriers: Readonly<Record<string, Open>> = {
  'stdio 2026-07-28': (options) => openLines(options, modernRequest),
  'stdio 2025-11-25': async (options) => {
    const carrier = await openLines(options, request)
    await shakeHands(carrier)
    return carrier
  },
  'HTTP 2026-07-28': (options) =>
    openHttp(options, modernRequest, (message) => modernHeaders(message, options.key)),
  'HTTP 2025-11-25 session': openSession,
  'HTTP 2025-11-25 sessionless': ({ key, ...rest }) =>
    openHttp({ key, ...rest }, request, () => versioned(key)),
  'HTTP+SSE 2024-11-05': openSse,
  'WebSocket 2026-07-28': (options) => openWebSocket(options, modernRequest),
  'WebSocket 2025-11-25': async (options) => {
    const carrier = await openWebSocket(options, request)
    await shakeHands(carrier)
    return carrier
  }
}

/** What a configuration says when all of them are to be served. */
export const allCarriers = { transport: 'websocket', sse: { enabled: true } } as const

async function shakeHands(carrier: Carrier, protocolVersion = legacy): Promise<void> {
  const params = { ...initialize().params, protocolVersion }
  const { answer } = await carrier.send('initialize', params, 'initialize')
  const { result } = (await answer) ?? {}
  if (result?.protocolVersion !== protocolVersion) throw new Error('initialize was refused')
}

function versioned(key: KeyName, sessionId?: string): Readonly<Record<string, string>> {
  return {
    ...jsonHeaders(key),
    'mcp-protocol-version': legacy,
    ...(sessionId !== undefined && { 'mcp-session-id': sessionId })
  }
}

/** Opens a session by hand and returns its id. */
export async function openSessionId({ app, key, agent }: CarrierOptions): Promise<string> {
  const body = initialize()
  const opened = await openStream(app.url, {
    headers: jsonHeaders(key),
    body,
    ...(agent && { agent })
  })
  await opened.find(({ id }) => id === body.id)
  await opened.next()
  const sessionId = opened.headers['mcp-session-id']
  if (typeof sessionId !== 'string') throw new Error('initialize opened no session')
  return sessionId
}

async function openSession(options: CarrierOptions): Promise<Carrier> {
  const { app, key } = options
  const sessionId = await openSessionId(options)
  const headers = versioned(key, sessionId)
  const carrier = await openHttp(options, request, () => headers)
  return {
    ...carrier,
    async send(method, params, id = 1) {
      const pending = await carrier.send(method, params, id)
      return {
        ...pending,
        // In a session a client that goes away is expected back, so it has to say that it cancels.
        async cancel() {
          const body = {
            jsonrpc: '2.0',
            method: 'notifications/cancelled',
            params: { requestId: id }
          }
          await openStream(app.url, { headers, body })
          await pending.cancel()
        }
      }
    }
  }
}

async function openHttp(
  { app, agent }: CarrierOptions,
  build: (method: string, params: Params, id: string | number) => Request,
  headersOf: (message: Request) => Readonly<Record<string, string>>
): Promise<Carrier> {
  return {
    async send(method, params, id = 1) {
      const controller = new AbortController()
      const message = build(method, params, id)
      const headers = headersOf(message)
      const { signal } = controller
      const opened = openStream(app.url, {
        headers,
        body: message,
        signal,
        ...(agent && { agent })
      })
      const answer = opened
        .then((stream) => readAnswer(stream, id))
        .catch((error: unknown) => {
          if (!signal.aborted) throw error
          return undefined
        })
      return { answer, cancel: async () => controller.abort() }
    },
    close: async () => {}
  }
}

async function readAnswer(stream: EventStream, id: string | number): Promise<Message | undefined> {
  for (let event = await stream.next(); event; event = await stream.next()) {
    if (event.message?.id !== id || event.message.method !== undefined) continue
    // Read to its end, so that the connection can carry the next exchange.
    await stream.next()
    return event.message
  }
  return undefined
}

/** A carrier on which both sides speak whenever they like; `receive` takes what the server says. */
function createDuplex(
  build: (method: string, params: Params, id: string | number) => Request,
  write: (message: object) => Promise<void> | void,
  close: () => Promise<void>
): Carrier & { receive(message: Message | undefined): void } {
  const waiting = new Map<unknown, (message: Message | undefined) => void>()
  return {
    receive(message) {
      if (message && message.method === undefined) waiting.get(message.id)?.(message)
    },
    async send(method, params, id = 1) {
      const answer = new Promise<Message | undefined>((resolve) => waiting.set(id, resolve))
      await write(build(method, params, id))
      return {
        answer,
        async cancel() {
          const cancelled = { method: 'notifications/cancelled', params: { requestId: id } }
          await write({ jsonrpc: '2.0', ...cancelled })
          waiting.get(id)?.(undefined)
        }
      }
    },
    close
  }
}

/** The product's stdio server, over two pipes of this process. */
async function openLines(
  { app: { mcp }, key }: CarrierOptions,
  build: (method: string, params: Params, id: string | number) => Request
): Promise<Carrier> {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const principal = principals[key]
  const server = serveLines({ mcp, principal, maxLineBytes: 1_048_576, input, output })
  const lines = createInterface({ input: output })
  const carrier = createDuplex(
    build,
    (message) => {
      input.write(`${JSON.stringify(message)}\n`)
    },
    async () => {
      await server.close(0)
      output.end()
      await once(lines, 'close')
    }
  )
  lines.on('line', (line) => carrier.receive(JSON.parse(line) as Message))
  return carrier
}

async function openWebSocket(
  { app, key }: CarrierOptions,
  build: (method: string, params: Params, id: string | number) => Request
): Promise<Carrier> {
  const socket = new WebSocket(app.url.replace('http', 'ws'), 'mcp', { headers: authHeaders(key) })
  await once(socket, 'open')
  const carrier = createDuplex(
    build,
    (message) => socket.send(JSON.stringify(message)),
    async () => {
      socket.close()
      await once(socket, 'close')
    }
  )
  socket.on('message', (data) => carrier.receive(JSON.parse(String(data)) as Message))
  return carrier
}

/** The transport of 2024-11-05: requests by POST, answers on the stream of the session. */
export async function openSse({ app, key, agent }: CarrierOptions): Promise<Carrier> {
  const headers = { ...authHeaders(key), accept: 'text/event-stream' }
  const stream = await openStream(`${app.url}/sse`, { method: 'GET', headers })
  const endpoint = (await stream.next())?.data
  const carrier = createDuplex(
    request,
    async (body) => {
      const sent = { headers: jsonHeaders(key), body, ...(agent && { agent }) }
      const { status, text } = await send(app.origin + endpoint, sent)
      if (status !== 202) throw new Error(`POST was answered with ${status} ${text}`)
    },
    async () => stream.cut()
  )
  const read = async (): Promise<void> => {
    for (let event = await stream.next(); event; event = await stream.next()) {
      carrier.receive(event.message)
    }
  }
  read().catch(() => {})
  await shakeHands(carrier, '2024-11-05')
  return carrier
}
