import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import type { Config } from '../../../src/settings.ts'
import { refuseSocket } from '../edge/refuse-socket.ts'
import type { TlsOptions } from './tls.ts'

const maxHeaderBytes = 16_384

/** Fastify with the limits of everything that comes before a hook: parser, router, TLS handshake. */
export function createInstance({ http, limits }: Config, tls?: TlsOptions): FastifyInstance {
  const server = {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: 10_000,
    connectionsCheckingInterval: 1000,
    // A missing Host is refused by the guard, with an answer of ours.
    requireHostHeader: false
  }
  const app = fastify({
    bodyLimit: limits.maxRequestBytes,
    // Fastify's own default is no limit at all for a body that trickles in.
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    trustProxy: http.trustProxy.length > 0 ? [...http.trustProxy] : false,
    exposeHeadRoutes: false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // What the router cannot read would pass no hook; this path is found nowhere, after all of them.
    rewriteUrl: ({ url = '/' }) => (isRoutable(url) ? url : '/-'),
    // Longer than any request line: beyond it the router would answer by itself, before all hooks.
    routerOptions: { maxParamLength: maxHeaderBytes },
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseSocket,
    ...(tls ? { https: { ...server, ...tls, handshakeTimeout: 10_000 } } : { http: server })
  }) as unknown as FastifyInstance
  app.server.maxHeadersCount = 128
  // RFC 9110 §10.1.1: what is expected may be left unheard; Node's own 417 would pass no hook.
  app.server.on('checkExpectation', (request, response) => {
    app.server.emit('request', request, response)
  })
  return app
}

/** A path, or a URL (RFC 9112 §3.2.2), that can be decoded. */
function isRoutable(target: string): boolean {
  if (!target.startsWith('/') && !URL.canParse(target)) return false
  try {
    decodeURIComponent(target)
    return true
  } catch {
    return false
  }
}
