import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Audit, AuthFailure } from '../../src/audit.ts'
import { type Authenticate, anonymousPrincipal } from '../../src/auth.ts'
import { Refusal } from '../../src/errors.ts'
import type { Metrics } from '../../src/metrics.ts'
import type { Log, Principal } from '../../src/types.ts'
import type { BanGate } from './edge/bans.ts'
import { originOf } from './edge/caller.ts'
import type { Refuse } from './edge/refuse.ts'
import { createCredentialWatch, type WatchCredential } from './streams/lasting-stream.ts'

export interface AuthOptions {
  /** Undefined: authentication is off and everybody is anonymous. */
  readonly authenticate?: Authenticate
  readonly audit: Audit
  readonly log: Log
  readonly metrics: Metrics
  readonly refuse: Refuse
  readonly bans: BanGate
}

/** As long as the keys of an issuer are not asked for again after a failure. */
const retryAfterMs = 10_000

/** Turns a credential into `request.principal` before any body is read; refuses with 401. */
export function addAuth(app: FastifyInstance, options: AuthOptions): void {
  const { authenticate, audit, log, metrics, refuse, bans } = options
  app.decorateRequest('principal')
  const isStillGood = async (request: FastifyRequest): Promise<boolean> => {
    const presented = authenticate && readCredential(request)
    if (!authenticate || presented === undefined) return true
    const result = await authenticate(presented)
    if ('failure' in result) return result.failure === 'unavailable'
    // What was opened goes on with the name and the permissions of its beginning.
    const { principal } = request
    return principal.kind === 'anonymous' || isDeepStrictEqual(result.principal, principal)
  }
  app.decorate('watchCredential', createCredentialWatch(isStillGood))

  app.addHook('onRequest', async (request, reply) => {
    request.principal = anonymousPrincipal
    const banned = bans.refuse(request, reply)
    if (banned) return banned
    if (!authenticate || request.routeOptions.config.isPublic?.(request)) return
    const presented = readCredential(request)
    if (presented === undefined) return deny(request, reply, 'missing_bearer_token')
    const judged = authenticate(presented)
    // Keys are judged at once; only a token may need the keys of its issuer.
    const result = judged instanceof Promise ? await judged : judged
    if ('failure' in result) {
      return result.failure === 'unavailable'
        ? postpone(request, reply)
        : deny(request, reply, result.failure)
    }
    request.principal = result.principal
    request.server.recognize(request.raw.socket)
    metrics.countAuth()
    audit.record({ event: 'AUTH_SUCCESS', principal: result.principal.id, ...originOf(request) })
  })

  function deny(request: FastifyRequest, reply: FastifyReply, reason: AuthFailure): FastifyReply {
    // Only guesses count: a client that has not been given a key yet, or whose token has run out,
    // is nobody who should cost its neighbours their access.
    const banned = reason === 'invalid_token' && bans.refuseGuess(request, reply)
    if (banned) return banned
    metrics.countAuth(reason)
    const isMissing = reason === 'missing_bearer_token'
    audit.record({ event: 'AUTH_FAILED', reason, ...originOf(request) })
    log.warn(isMissing ? 'no API key' : 'invalid API key', {
      request_id: request.id,
      remote: request.ip,
      status: 'error'
    })
    // Why it was refused is the operator's to know: expired, for another server, or made up.
    return refuse(request, reply, new Refusal(isMissing ? 'unauthorized' : 'bad_credential'))
  }

  /** Nobody's fault here: a 401 would make clients throw good tokens away. */
  function postpone(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    metrics.countAuth('unavailable')
    audit.record({ event: 'AUTH_FAILED', outcome: 'failed', ...originOf(request) })
    return refuse(request, reply, new Refusal('auth_unavailable', { data: { retryAfterMs } }))
  }
}

/** The presented key; an empty text when the headers hold something that is not one key. */
function readCredential(request: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': apiKey } = request.headers
  if (authorization === undefined) return typeof apiKey === 'string' ? apiKey : undefined
  const match = /^(?:bearer|apikey) ([\x21-\x7e]{1,12288})$/i.exec(authorization)
  return match?.[1] !== undefined && apiKey === undefined ? match[1] : ''
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Credentials may be revoked, or their time be over, while something is open. */
    watchCredential: WatchCredential
  }
  interface FastifyRequest {
    principal: Principal
  }
  interface FastifyContextConfig {
    /** When this returns true, the request needs no credential. */
    isPublic?: (request: FastifyRequest) => boolean
  }
}
