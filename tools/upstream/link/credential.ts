import { fetch as httpFetch } from 'undici'
import { ConfigError } from '../../../src/config-error.ts'
import type { ReadSecret, Secret } from '../../../src/settings/secret-reference.ts'
import type { Log } from '../../../src/types.ts'
import {
  createTokenSource,
  type TokenSourceOptions,
  tokenLimits
} from '../../credentials/token-source.ts'
import type { RemoteServer, ServerAuth } from '../configuration/entry.ts'
import { UpstreamError } from '../upstream-error.ts'
import type { AddressGuard } from './address-guard.ts'
import { capResponse } from './capped-body.ts'
import { createGuardedAgent } from './guarded-agent.ts'

/** How this gateway proves itself to one server; nothing of a caller's is ever in it. */
export interface Credential {
  /** Lower-case names; throws an UpstreamError when no token can be had. */
  headers(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, string>>
  /** The server said 401: true when the next headers will be others. */
  renew(): boolean
}

export interface CredentialOptions {
  readonly server: RemoteServer
  /** For a server that names no credential of its own. */
  readonly token: string | undefined
  readonly guard: AddressGuard
  readonly verifyTls: boolean
  readonly readSecret: ReadSecret
  readonly log: Log
}

/** Prepares a credential. Throws a ConfigError that names the field, never its value. */
export function createCredential(options: CredentialOptions): Credential {
  const { server, readSecret } = options
  const fixed = new Map<string, string>()
  for (const [name, given] of server.headers) {
    fixed.set(name.toLowerCase(), readValue(given, `${server.name}.headers.${name}`, readSecret))
  }
  const { auth } = server
  if (auth?.scheme === 'oauth2') return createOAuthCredential(options, auth, fixed)
  if (auth?.scheme === 'header') {
    fixed.set(
      auth.name.toLowerCase(),
      readValue(auth.token, `${server.name}.auth.token`, readSecret)
    )
  }
  const own =
    auth?.scheme === 'bearer'
      ? readValue(auth.token, `${server.name}.auth.token`, readSecret)
      : undefined
  // A server with any credential of its own is not shown the common one, too.
  const token = own ?? (auth || fixed.has('authorization') ? undefined : options.token)
  if (token !== undefined) fixed.set('authorization', `Bearer ${token}`)
  return { headers: async () => fixed, renew: () => false }
}

function createOAuthCredential(
  { server, guard, verifyTls, readSecret, log }: CredentialOptions,
  { tokenUrl, clientId, clientSecret, scopes = [] }: Extract<ServerAuth, { scheme: 'oauth2' }>,
  fixed: ReadonlyMap<string, string>
): Credential {
  let current: string | undefined
  const tokens = createTokenSource({
    credentials: {
      tokenUrl,
      clientId,
      clientSecret: readValue(clientSecret, `${server.name}.auth.clientSecret`, readSecret),
      scopes
    },
    send: createSender(guard, verifyTls),
    refuse: () => new UpstreamError('authentication', server.name),
    log,
    now: () => performance.now()
  })
  return {
    async headers(signal = new AbortController().signal) {
      current = await tokens.get(signal)
      return new Map([...fixed, ['authorization', `Bearer ${current}`]])
    },
    renew() {
      if (current !== undefined) tokens.reject(current)
      return true
    }
  }
}

/** Token requests over connections of their own, to addresses under the same guard. */
function createSender(guard: AddressGuard, verifyTls: boolean): TokenSourceOptions['send'] {
  return async ({ url, headers, body }) => {
    guard.checkHost(url.hostname)
    const agent = createGuardedAgent({ guard, verifyTls })
    try {
      const response = await httpFetch(url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(tokenLimits.timeoutMs),
        dispatcher: agent
      })
      const capped = capResponse(response as unknown as Response, tokenLimits.maxBytes, false)
      return { status: capped.status, body: new Uint8Array(await capped.arrayBuffer()) }
    } finally {
      await agent.destroy()
    }
  }
}

/** A secret of the configuration, read where it stands. */
export function readValue(given: Secret, setting: string, readSecret: ReadSecret): string {
  if (typeof given === 'string') return given
  let text: string
  try {
    text = readSecret(given)
  } catch (cause) {
    const where = 'env' in given ? `the variable ${given.env}` : `the file ${given.file}`
    throw new ConfigError(`servers.${setting}: ${where} holds no value`, { cause })
  }
  if (/^[\t\x20-\x7e\x80-\xff]+$/.test(text)) return text
  throw new ConfigError(`servers.${setting}: holds characters that cannot be sent, or nothing`)
}
