import { once } from 'node:events'
import type { Agent } from 'node:http'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { serveLines } from '../../transports/stdio.ts'
import { type App, type KeyName, principals } from './app.ts'
import { type EventStream, type Message, openStream } from './http.ts'
import {
  jsonHeaders,
  legacy,
  modernHeaders,
  modernRequest,
  type Request,
  request
} from './messages.ts'

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
    await initialize(carrier)
    return carrier
  },
  'HTTP 2026-07-28': (options) =>
    openHttp(options, modernRequest, (message) => modernHeaders(message, options.key)),
  'HTTP 2025-11-25 session': openSession,
  'HTTP 2025-11-25 sessionless': ({ key, ...rest }) =>
    openHttp({ key, ...rest }, request, () => versioned(key))
}

export const initializeParams = {
  protocolVersion: legacy,
  capabilities: { elicitation: {}, sampling: {} },
  clientInfo: { name: 'test', version: '1' }
}

async function initialize(carrier: Carrier): Promise<void> {
  const { answer } = await carrier.send('initialize', initializeParams, 'initialize')
  const { result } = (await answer) ?? {}
  if (result?.protocolVersion !== legacy) throw new Error('initialize was refused')
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
  const body = request('initialize', initializeParams)
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

/** The product's stdio server, over two pipes of this process. */
async function openLines(
  { app: { mcp }, key }: CarrierOptions,
  build: (method: string, params: Params, id: string | number) => Request
): Promise<Carrier> {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const principal = principals[key]
  const server = serveLines({ mcp, principal, maxLineBytes: 1_048_576, input, output })
  const waiting = new Map<unknown, (message: Message | undefined) => void>()
  const lines = createInterface({ input: output })
  lines.on('line', (line) => {
    const message = JSON.parse(line) as Message
    if (message.method === undefined) waiting.get(message.id)?.(message)
  })
  const write = (message: object): boolean => input.write(`${JSON.stringify(message)}\n`)
  return {
    async send(method, params, id = 1) {
      const answer = new Promise<Message | undefined>((resolve) => waiting.set(id, resolve))
      write(build(method, params, id))
      return {
        answer,
        async cancel() {
          write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } })
          waiting.get(id)?.(undefined)
        }
      }
    },
    async close() {
      await server.close(0)
      output.end()
      await once(lines, 'close')
    }
  }
}
