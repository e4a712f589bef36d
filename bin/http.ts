import { ConfigError, reasonOf } from '../src/config-error.ts'
import { isLoopback } from '../src/network.ts'
import type { Config } from '../src/settings.ts'
import { createHttpServer, type HttpServer } from '../transports/http/app.ts'
import { boundHost } from '../transports/http/edge/host.ts'
import type { Core } from './core.ts'
import { openGate } from './gate.ts'

/** Starts HTTP with the configured credentials; makes one key when a loopback server has none. */
export async function startHttp(config: Config, core: Core): Promise<HttpServer> {
  const { mcp, registry, audit, log, gauges, notReady, secrets } = core
  const gate = config.auth.required
    ? await openGate(config, log, secrets)
    : refuseOpenGate(config, core)
  const server = await createHttpServer({
    mcp,
    registry,
    config,
    audit,
    gauges,
    notReady,
    ...(gate && { authenticate: gate.authenticate })
  })
  const origin = await server.listen().catch((cause: unknown) => {
    if (cause instanceof ConfigError) throw cause
    throw new ConfigError(`http.host, http.port: cannot listen: ${reasonOf(cause)}`, { cause })
  })
  log.info('listening', { url: `${origin}${config.http.path}` })
  if (gate?.generatedKey !== undefined) {
    printKey(config, origin, gate.generatedKey)
    secrets.add([gate.generatedKey])
  }
  return {
    ...server,
    async close(graceMs, waitMs) {
      await server.close(graceMs, waitMs)
      gate?.close()
    }
  }
}

function refuseOpenGate({ auth, http }: Config, { audit, log }: Core): undefined {
  if (!isLoopback(boundHost(http)) && !auth.allowInsecure) {
    throw new ConfigError(
      `auth.required (MCP_AUTH_REQUIRED): off is refused on ${http.host}, which is reachable from ` +
        'elsewhere; configure a credential, or set MCP_ALLOW_INSECURE=true'
    )
  }
  audit.record({ event: 'AUTH_DISABLED', transport: 'http' })
  log.warn('authentication is off: everybody who reaches this address may call every tool')
}

/** The key is shown once, on a terminal's stderr, and kept nowhere. */
function printKey({ http }: Config, origin: string, key: string): void {
  const address =
    http.socket === undefined
      ? `${origin}${http.path}`
      : `--unix-socket ${http.socket} http://localhost${http.path}`
  process.stderr.write(
    `
Key for this run: ${key}

  curl -s ${address} \\
    -H 'Authorization: Bearer ${key}' \\
    -H 'Content-Type: application/json' \\
    -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'

`
  )
}
