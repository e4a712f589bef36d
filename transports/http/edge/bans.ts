import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Alerts } from '../../../src/alerts.ts'
import type { Audit } from '../../../src/audit.ts'
import { Refusal } from '../../../src/errors.ts'
import { type Banned, createBans } from '../../../src/identity/bans.ts'
import type { Metrics } from '../../../src/metrics.ts'
import type { Config } from '../../../src/settings.ts'
import { originOf } from './caller.ts'
import type { Refuse } from './refuse.ts'

/** Keeps out addresses that guess keys; both methods return undefined for everybody else. */
export interface BanGate {
  /** Before a credential is looked at: a ban that let valid keys in would let guesses in, too. */
  refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined
  /** Counts a wrong key; refuses when others, sent at the same time, have earned a ban meanwhile. */
  refuseGuess(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined
}

export interface BanGateOptions {
  readonly config: Config
  readonly alerts: Alerts
  readonly audit: Audit
  readonly metrics: Metrics
  readonly refuse: Refuse
}

export function createBanGate(options: BanGateOptions): BanGate {
  const { config, alerts, audit, metrics, refuse } = options
  const { limits } = config
  const bans = createBans({
    ...limits,
    onBan: (remote) => alerts.raise({ reason: 'address_banned', transport: 'http', remote })
  })

  function tell(
    request: FastifyRequest,
    reply: FastifyReply,
    banned: Banned | undefined
  ): FastifyReply | undefined {
    if (!banned) return undefined
    const { retryAfterMs, isFirstRefusal } = banned
    metrics.countAuth('banned')
    // One line a ban: a flood of guesses must not fill the disk.
    if (isFirstRefusal) {
      audit.record({ event: 'AUTH_FAILED', reason: 'banned', ...originOf(request) })
    }
    return refuse(request, reply, new Refusal('banned', { data: { retryAfterMs } }))
  }

  return Object.freeze({
    refuse: (request: FastifyRequest, reply: FastifyReply) =>
      limits.enabled ? tell(request, reply, bans.find(request.ip)) : undefined,
    refuseGuess: (request: FastifyRequest, reply: FastifyReply) =>
      limits.enabled ? tell(request, reply, bans.countFailure(request.ip)) : undefined
  })
}
