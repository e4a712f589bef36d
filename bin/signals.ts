import { reasonOf } from '../src/config-error.ts'
import type { Config } from '../src/settings.ts'
import type { Log } from '../src/types.ts'
import type { HttpServer } from '../transports/http/app.ts'
import type { Core } from './core.ts'
import type { ShutdownOptions } from './shutdown.ts'

/** Signals that mean something else than the end. */
export interface Signals {
  readonly skip: ShutdownOptions['skip']
  /** From now on SIGHUP renews the certificate of this server, too, when it has one. */
  renewTlsOf(server: HttpServer): void
}

/** SIGUSR2 stops every call; SIGHUP opens the audit file again. */
export function handleSignals({ audit, http }: Config, core: Core): Signals {
  process.on('SIGUSR2', core.mcp.killSwitch.stop)
  // With an audit file the signal means what it means to logrotate, not a terminal that went away.
  const isRotated = audit.enabled && audit.file !== undefined
  const isRenewed = http.tls.cert !== undefined
  if (isRotated) process.on('SIGHUP', () => core.audit.reopen())
  return {
    skip: isRotated || isRenewed ? ['SIGUSR2', 'SIGHUP'] : ['SIGUSR2'],
    renewTlsOf(server) {
      if (isRenewed) process.on('SIGHUP', () => renewTls(server, core.log))
    }
  }
}

/** A server goes on with the certificate that it has when the new one is no good. */
function renewTls(server: HttpServer, log: Log): void {
  try {
    server.renewTls()
    log.info('certificate read again')
  } catch (error) {
    log.error('certificate not renewed', { reason: reasonOf(error) })
  }
}
