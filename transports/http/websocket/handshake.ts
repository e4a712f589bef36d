import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../../../src/errors.ts'
import { routableUrl } from '../listener/instance.ts'
import type { Refuse } from '../refuse.ts'
import { pathOf } from '../web.ts'

/** What clients of the old WebSocket server were told. */
const wrongPathCode = 4004

/** Upgrades pass no parser any more: what that would have seen to is done here. */
export function prepareUpgrades(app: FastifyInstance): void {
  app.server.on('upgrade', (request, socket: Socket & { _httpMessage?: unknown }) => {
    // An answer to an earlier request on this connection is still being written.
    if (socket._httpMessage) socket.destroy()
    request.url = routableUrl(request.url ?? '/')
  })
}

/** The hook before authentication: refuses what is no handshake, and closes what is on no path of ours. */
export function addHandshakeCheck(app: FastifyInstance, path: string, refuse: Refuse): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.ws) return done()
    if (!isHandshake(request)) {
      const detail = 'A WebSocket is opened by GET with Sec-WebSocket-Key and version 13.'
      refuse(
        request,
        reply.header('connection', 'close'),
        new Refusal('invalid_request', { detail })
      )
      return
    }
    if (pathOf(request) === path) return done()
    reply.code(101).hijack()
    const { raw } = request
    app.websocketServer.handleUpgrade(raw, raw.socket, Buffer.alloc(0), (socket) => {
      socket.on('error', () => {})
      socket.close(wrongPathCode, 'Nothing is served on this path.')
    })
  })
}

/** RFC 6455 §4.2.1 */
function isHandshake({ method, headers }: FastifyRequest): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '')
  )
}
