import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../../../src/errors.ts'
import { describeError } from '../../../src/log.ts'
import type { Config } from '../../../src/settings.ts'
import type { Log } from '../../../src/types.ts'
import type { Refuse } from '../edge/refuse.ts'
import { pathOf } from '../lanes/web.ts'

/** What clients of the old WebSocket server were told. */
const wrongPathCode = 4004

/** Lets upgrades in, to be judged by every hook that is added from now on. */
export async function openUpgrades(
  app: FastifyInstance,
  { limits }: Config,
  log: Log
): Promise<void> {
  dropPipelined(app)
  const { default: plugin } = await import('@fastify/websocket')
  await app.register(plugin, {
    options: {
      maxPayload: limits.maxRequestBytes,
      // Thousands of frames can come in one packet; others have their turn between them.
      allowSynchronousEvents: false,
      // The name under which the SDK's own client asks for MCP.
      handleProtocols: (offered) => (offered.has('mcp') ? 'mcp' : false)
    },
    // `ws` has closed the connection with the right code by itself.
    errorHandler: (error) => log.debug('websocket', { error: describeError(error) }),
    preClose: (done) => done()
  })
  app.addHook('onRequest', (request, reply, done) => {
    // A refused upgrade has no parser behind it that could read another request.
    if (request.ws) reply.header('connection', 'close')
    done()
  })
}

/** Node takes an upgrade while it still owes an answer on the same connection. */
function dropPipelined(app: FastifyInstance): void {
  app.server.on('upgrade', (_request, socket: Socket & { _httpMessage?: unknown }) => {
    if (socket._httpMessage) socket.destroy()
  })
}

/** The hook before authentication: refuses what is no handshake, and closes what is on no path of ours. */
export function addHandshakeCheck(app: FastifyInstance, path: string, refuse: Refuse): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.ws) return done()
    if (!isHandshake(request)) {
      const detail = 'A WebSocket is opened by GET with Sec-WebSocket-Key and version 13.'
      refuse(request, reply, new Refusal('invalid_request', { detail }))
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
