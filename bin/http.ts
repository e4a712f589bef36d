import { createAuthenticate, createCredential, generateKey, namedKey } from '../src/auth.ts'
import { ConfigError, reasonOf } from '../src/config-error.ts'
import { openCredentials } from '../src/credentials.ts'
import type { Config } from '../src/settings.ts'
import type { Source } from '../src/types.ts'
import { createHttpServer, type HttpServer } from '../transports/http/app.ts'
import { isLoopback } from '../transports/http/host.ts'
import type { Core } from './core.ts'

/** Starts HTTP with the configured credentials; makes one key when a loopback server has none. */
export async function startHttp(
  config: Config,
  core: Core,
  sources: readonly Source[]
): Promise<HttpServer> {
  const { mcp, registry, audit, log } = core
  const authenticate = config.auth.required
    ? createGate(config, core)
    : refuseOpenGate(config, core)
  const server = await createHttpServer({
    mcp,
    registry,
    config,
    audit,
    notReady: () => [
      ...sources.flatMap((source) => source.notReady?.() ?? []),
      ...(audit.isBlocked() ? ['audit unwritable'] : [])
    ],
    ...(authenticate && { authenticate: authenticate.check })
  })
  const origin = await server.listen().catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError(`http.host, http.port: cannot listen: ${reasonOf(cause)}`, { cause })
  })
  log.info('listening', { url: `${origin}${config.http.path}` })
  if (authenticate?.generatedKey !== undefined) {
    printKey(`${origin}${config.http.path}`, authenticate.generatedKey)
    core.secrets.add([authenticate.generatedKey])
  }
  return {
    ...server,
    async close(graceMs) {
      await server.close(graceMs)
      authenticate?.close()
    }
  }
}

interface Gate {
  readonly check: ReturnType<typeof createAuthenticate>
  readonly generatedKey?: string
  close(): void
}

function createGate(config: Config, { log }: Core): Gate {
  const credentials = openCredentials(config, log)
  if (config.auth.tokenFile !== undefined || credentials.current().length > 0) {
    return { check: createAuthenticate(credentials.current), close: credentials.close }
  }
  if (!isLoopback(config.http.host)) {
    throw new ConfigError(
      `auth: ${config.http.host} is reachable from elsewhere and no credential is configured; ` +
        'set MCP_AUTH_TOKEN, MCP_API_KEYS or MCP_AUTH_TOKEN_FILE'
    )
  }
  const generatedKey = generateKey()
  const own = [createCredential(generatedKey, namedKey('generated'))]
  return { check: createAuthenticate(() => own), generatedKey, close: credentials.close }
}

function refuseOpenGate({ auth, http }: Config, { audit, log }: Core): undefined {
  if (!isLoopback(http.host) && !auth.allowInsecure) {
    throw new ConfigError(
      `auth.required (MCP_AUTH_REQUIRED): off is refused on ${http.host}, which is reachable from ` +
        'elsewhere; configure a credential, or set MCP_ALLOW_INSECURE=true'
    )
  }
  audit.record({ event: 'AUTH_DISABLED', transport: 'http' })
  log.warn('authentication is off: everybody who reaches this address may call every tool')
}

/** The key is shown once, on a terminal's stderr, and kept nowhere. */
function printKey(url: string, key: string): void {
  process.stderr.write(
    `
Key for this run: ${key}

  curl -s ${url} \\
    -H 'Authorization: Bearer ${key}' \\
    -H 'Content-Type: application/json' \\
    -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'

`
  )
}
