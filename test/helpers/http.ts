import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { noteInboundKeys } from './inbound-key.ts'

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON, a text as it is. */
  readonly body?: unknown
  readonly agent?: Agent | false
  /** The address of 127.0.0.0/8 that it comes from. */
  readonly from?: string
  /** Breaks the connection when it fires, as a client that goes away does. */
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** One HTTP exchange; nothing is added to what `sent` says but Host and Content-Length. */
export async function send(url: string, sent: Sent): Promise<Answer> {
  const response = await open(url, sent)
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode ?? 0, headers: response.headers, text }
}

function open(url: string, sent: Sent) {
  const { method = 'POST', headers, body, agent = false, signal, from } = sent
  noteInboundKeys(headers)
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) }
  const [, socketPath, path] = /^http:\/\/unix:([^:]+):(.*)$/.exec(url) ?? []
  const options = {
    method,
    agent,
    ...(socketPath !== undefined && { socketPath, path }),
    headers: { ...length, ...headers },
    ...(signal && { signal }),
    ...(from !== undefined && { localAddress: from })
  }
  return new Promise<IncomingMessage>((resolve, reject) => {
    const target = socketPath === undefined ? url : 'http://localhost'
    request(target, options).on('response', resolve).on('error', reject).end(text)
  })
}

interface StreamEvent {
  readonly id?: string
  /** What its data says, as it stands. */
  readonly data?: string
  /** The JSON-RPC message; undefined when the event carries none, as a priming event does. */
  readonly message?: Message
}

/** A JSON-RPC message as the tests look at it. */
export interface Message {
  readonly id?: unknown
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
}

export interface EventStream {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** The next event; undefined at the end. */
  next(): Promise<StreamEvent | undefined>
  /** The next message that the test asks for; rejects when the stream ends before it. */
  find(isWanted: (message: Message) => boolean): Promise<Message>
  /** Breaks the connection, as a client that goes away does. */
  cut(): void
}

/** An exchange whose answer is read as it comes; a JSON answer counts as one event. */
export async function openStream(url: string, sent: Sent): Promise<EventStream> {
  const response = await open(url, sent)
  const events = readEvents(response)
  async function next(): Promise<StreamEvent | undefined> {
    const { value, done } = await events.next()
    return done ? undefined : value
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    next,
    async find(isWanted) {
      for (;;) {
        const event = await next()
        if (event === undefined) throw new Error('the stream ended before the wanted message')
        if (event.message && isWanted(event.message)) return event.message
      }
    },
    cut: () => response.destroy()
  }
}

async function* readEvents(response: IncomingMessage): AsyncGenerator<StreamEvent> {
  response.setEncoding('utf8')
  let rest = ''
  for await (const chunk of response) {
    rest += chunk
    if (!isEventStream(response)) continue
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    yield* blocks.filter((block) => !block.startsWith(':')).map(parseEvent)
  }
  if (!isEventStream(response) && rest !== '') yield { message: JSON.parse(rest) as Message }
}

function isEventStream({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('text/event-stream') ?? false
}

function parseEvent(block: string): StreamEvent {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const at = line.indexOf(':')
      return [line.slice(0, at), line.slice(at + 1).trim()]
    })
  )
  const id = fields.get('id')
  const data = fields.get('data')
  return {
    ...(id !== undefined && { id }),
    ...(data !== undefined && { data }),
    ...(data?.startsWith('{') && { message: JSON.parse(data) as Message })
  }
}

/** Sends bytes as they are and returns what comes back until the server hangs up. */
export function sendRaw(port: number, text: string): Promise<Answer & { readonly raw: string }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    connect(port, '127.0.0.1')
      .on('data', (chunk) => chunks.push(chunk))
      .on('error', reject)
      .on('close', () => resolve(parseAnswer(Buffer.concat(chunks).toString())))
      .write(text)
  })
}

function parseAnswer(raw: string): Answer & { readonly raw: string } {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':')
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
  })
  const status = Number(first.split(' ')[1])
  return { raw, status, headers: Object.fromEntries(headers), text: rest.join('\r\n\r\n') }
}
