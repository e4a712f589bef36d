import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { securityHeaders } from './security-headers.ts'

/** What the HTTP parser refuses before there is a request; everything else about it is a 400. */
const statuses = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout']
])

/** Answers bytes that are no HTTP request, and lets go of the connection. */
export function refuseSocket(
  error: Error & { code?: string },
  socket: Socket & { _httpMessage?: unknown }
): void {
  // While an answer is open (Node keeps it there), anything written would become part of it.
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage) {
    socket.destroy()
    return
  }
  const status = statuses.get(error.code ?? '') ?? '400 Bad Request'
  const body = JSON.stringify({
    error: `${status.slice(4)}: the server cannot read this request.`,
    timestamp: new Date().toISOString()
  })
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${randomUUID()}`,
    ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
    'connection: close'
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
