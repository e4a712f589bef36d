import { type Authenticate, acceptKey, createAuthenticate, namedKey } from '../src/auth.ts'
import { ConfigError } from '../src/config-error.ts'
import { generateKey } from '../src/identity/api-key.ts'
import { openCredentials } from '../src/identity/credentials.ts'
import { createTokenVerifier, resolveIssuer } from '../src/identity/jwt.ts'
import { isLoopback } from '../src/network.ts'
import type { SecretFilter } from '../src/output/secret-filter.ts'
import type { Config } from '../src/settings.ts'
import type { Log } from '../src/types.ts'
import { boundHost } from '../transports/http/edge/host.ts'

/** Who is let in. */
export interface Gate {
  readonly authenticate: Authenticate
  /** Made for this run, since nothing is configured. */
  readonly generatedKey?: string
  close(): void
}

/** Opens every configured source of credentials; makes one key when a loopback server has none. */
export async function openGate(config: Config, log: Log, secrets: SecretFilter): Promise<Gate> {
  const issuer = resolveIssuer(config.auth.jwt)
  const verifyToken = issuer && (await createTokenVerifier(issuer, log))
  const { keys, add, close } = openCredentials(config, log, secrets.add)
  if (config.auth.tokenFile !== undefined || verifyToken || keys().size > 0) {
    return { authenticate: createAuthenticate(keys, verifyToken), close }
  }
  if (!isLoopback(boundHost(config.http))) {
    close()
    throw new ConfigError(
      `auth: ${config.http.host} is reachable from elsewhere and no credential is configured; ` +
        'set MCP_AUTH_TOKEN, MCP_API_KEYS, MCP_AUTH_TOKEN_FILE or MCP_JWT_ISSUER, or make a key ' +
        'with mcp-server keys create'
    )
  }
  const generatedKey = generateKey()
  add(acceptKey(generatedKey, namedKey('generated')))
  return { authenticate: createAuthenticate(keys), generatedKey, close }
}
