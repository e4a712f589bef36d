import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type ClientOptions, WebSocket } from 'ws'
import type { Answer, Message } from './http.ts'

/** A WebSocket that was opened, or the answer that refused it. */
export type Upgrade = { readonly socket: WebSocket } | { readonly answer: Answer }

/** Asks for a WebSocket; `url` is that of the endpoint. */
export function tryUpgrade(url: string, options: ClientOptions = {}): Promise<Upgrade> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), options)
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ socket }))
    socket.once('error', reject)
    socket.once('unexpected-response', async (_request, response: IncomingMessage) => {
      let text = ''
      for await (const chunk of response) text += chunk
      const { statusCode = 0, headers } = response
      resolve({ answer: { status: statusCode, headers, text } })
    })
  })
}

/** Opens a WebSocket that must not be refused. */
export async function openSocket(url: string, options: ClientOptions = {}): Promise<WebSocket> {
  const upgrade = await tryUpgrade(url, options)
  if ('socket' in upgrade) return upgrade.socket
  throw new Error(`the upgrade was refused: ${upgrade.answer.status} ${upgrade.answer.text}`)
}

/** Sends a text and resolves with the next message. */
export async function exchange(socket: WebSocket, body: unknown): Promise<Message> {
  const answer = once(socket, 'message')
  socket.send(typeof body === 'string' ? body : JSON.stringify(body))
  const [data] = await answer
  return JSON.parse(String(data)) as Message
}

/** Resolves with the code of the closing. */
export async function closed(socket: WebSocket): Promise<number> {
  if (socket.readyState === socket.CLOSED) throw new Error('closed already')
  const [code] = await once(socket, 'close')
  return code as number
}
