import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Audit, AuthFailure } from '../../src/audit.ts'
import { type Authenticate, anonymousPrincipal } from '../../src/auth.ts'
import { Refusal } from '../../src/errors.ts'
import type { Log, Principal } from '../../src/types.ts'
import type { BanGate } from './bans.ts'
import { originOf } from './caller.ts'
import type { Refuse } from './refuse.ts'

export interface AuthOptions {
  /** Undefined: authentication is off and everybody is anonymous. */
  readonly authenticate?: Authenticate
  readonly audit: Audit
  readonly log: Log
  readonly refuse: Refuse
  readonly bans: BanGate
}

/** Turns a credential into `request.principal` before any body is read; refuses with 401. */
export function addAuth(app: FastifyInstance, options: AuthOptions): void {
  const { authenticate, audit, log, refuse, bans } = options
  app.decorateRequest('principal')

  app.addHook('onRequest', async (request, reply) => {
    request.principal = anonymousPrincipal
    const banned = bans.refuse(request, reply)
    if (banned) return banned
    if (!authenticate || request.routeOptions.config.isPublic?.(request)) return
    const presented = readCredential(request)
    const principal = presented === undefined ? undefined : authenticate(presented)
    if (!principal) {
      const reason = presented === undefined ? 'missing_bearer_token' : 'invalid_token'
      return deny(request, reply, reason)
    }
    request.principal = principal
    request.server.recognize(request.raw.socket)
    audit.record({ event: 'AUTH_SUCCESS', principal: principal.id, ...originOf(request) })
  })

  function deny(request: FastifyRequest, reply: FastifyReply, reason: AuthFailure): FastifyReply {
    // Only guesses count: a client that has not been given a key yet, or whose token has run out,
    // is nobody who should cost its neighbours their access.
    const banned = reason === 'invalid_token' && bans.refuseGuess(request, reply)
    if (banned) return banned
    audit.record({ event: 'AUTH_FAILED', reason, ...originOf(request) })
    log.warn(reason === 'invalid_token' ? 'invalid API key' : 'no API key', {
      request_id: request.id,
      remote: request.ip,
      status: 'error'
    })
    // RFC 6750 §3.1: no error attribute when the request carried no credential at all.
    const error = reason === 'invalid_token' ? ', error="invalid_token"' : ''
    reply.header('www-authenticate', `Bearer realm="portcullis"${error}`)
    return refuse(request, reply, new Refusal('unauthorized'))
  }
}

/** The presented key; an empty text when the headers hold something that is not one key. */
function readCredential(request: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': apiKey } = request.headers
  if (authorization === undefined) return typeof apiKey === 'string' ? apiKey : undefined
  const match = /^bearer ([\w.~+/=-]{1,4096})$/i.exec(authorization)
  return match?.[1] !== undefined && apiKey === undefined ? match[1] : ''
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal
  }
  interface FastifyContextConfig {
    /** When this returns true, the request needs no credential. */
    isPublic?: (request: FastifyRequest) => boolean
  }
}
