import type { Audit, SecurityAlert } from './audit.ts'
import type { Log, TransportName } from './types.ts'

/** Something that a person should look at. Holds no secret: it leaves the server. */
export interface Alert {
  readonly reason: SecurityAlert
  readonly transport: TransportName
  /** The address that it is about. */
  readonly remote?: string
}

export interface Alerts {
  /** One audit line, one loud log line, and whoever is to be told elsewhere; never waits. */
  raise(alert: Alert): void
}

const texts: Readonly<Record<SecurityAlert, string>> = {
  address_banned: 'SECURITY ALERT: too many failed logins, address banned',
  calls_stopped: 'SECURITY ALERT: kill switch, no call is accepted until a restart'
}

export interface AlertOptions {
  readonly audit: Audit
  readonly log: Log
  /** Tells somebody outside, such as a webhook. */
  readonly send?: (alert: Alert) => void
}

export function createAlerts({ audit, log, send }: AlertOptions): Alerts {
  return Object.freeze({
    raise(alert: Alert) {
      const { reason, transport, remote } = alert
      audit.record({
        event: 'SECURITY_ALERT',
        reason,
        transport,
        ...(remote !== undefined && { remote })
      })
      log.error(texts[reason], { reason, ...(remote !== undefined && { remote }) })
      send?.(alert)
    }
  })
}
