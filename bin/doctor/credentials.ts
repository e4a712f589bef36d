import { reasonOf } from '../../src/config-error.ts'
import { readPrivateFile } from '../../src/files/private-file.ts'
import {
  keyIdOf,
  readKeyStore,
  resolveKeyStore,
  type StoredKey
} from '../../src/identity/key-store.ts'
import { findWeakness } from '../../src/identity/key-strength.ts'
import { describeAge } from '../../src/identity/stored-keys.ts'
import { parseTokenFile, type TokenFile } from '../../src/identity/token-file.ts'
import { isLoopback } from '../../src/network.ts'
import { defaultKeyStore } from '../../src/settings/auth-settings.ts'
import { listOutboundSecrets } from '../../src/settings/secrets.ts'
import type { Config } from '../../src/settings.ts'
import { boundHost } from '../../transports/http/edge/host.ts'
import { readReference } from '../output.ts'
import { type Check, configured, type Finding, fail, pass, served, skip, warn } from './check.ts'

function checkRequired({ auth, http }: Config): Finding {
  if (auth.required) return pass('every call needs a key or a token')
  const mend = 'MCP_AUTH_REQUIRED=true, and mcp-server keys create --name NAME'
  if (isLoopback(boundHost(http))) return warn('off: every program on this machine may call', mend)
  if (auth.allowInsecure) return warn('off: everybody who reaches it may call', mend)
  return fail(`off is refused on ${http.host}`, mend)
}

function checkCredentials(config: Config): Finding {
  const { auth, http } = config
  if (!auth.required) return skip('authentication is off')
  const counts = [
    [auth.token === undefined ? 0 : 1, 'MCP_AUTH_TOKEN'],
    [auth.apiKeys.length, 'MCP_API_KEYS'],
    [orNothing(() => readTokens(auth.tokenFile))?.credentials.length ?? 0, 'the token file'],
    [orNothing(() => listUsable(config))?.length ?? 0, 'the key store'],
    [hasIssuer(config) ? 1 : 0, 'an identity provider']
  ] as const
  const found = counts.filter(([count]) => count > 0)
  if (found.length > 0)
    return pass(found.map(([count, place]) => `${count} by ${place}`).join(', '))
  const mend = 'mcp-server keys create --name NAME, or MCP_AUTH_TOKEN, MCP_AUTH_TOKEN_FILE'
  if (isLoopback(boundHost(http))) return warn('none: each start makes a key of its own', mend)
  return fail(`none: the start is refused on ${http.host}`, mend)
}

function hasIssuer({ auth }: Config): boolean {
  return Object.values(auth.jwt).some((value) => value !== undefined)
}

function orNothing<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    // Its own check tells.
    return undefined
  }
}

function checkStrength({ auth, audit }: Config): readonly Finding[] {
  const keys = [
    ...(auth.token === undefined ? [] : [['MCP_AUTH_TOKEN', auth.token] as const]),
    ...auth.apiKeys.map((key, index) => [`key ${index + 1} of MCP_API_KEYS`, key] as const),
    ...(audit.key === undefined ? [] : [['MCP_AUDIT_KEY', audit.key] as const])
  ]
  if (keys.length === 0) return [skip('no key is given by a setting')]
  const weak = keys.flatMap(([place, key]) => {
    const weakness = findWeakness(key)
    const mend = 'openssl rand -base64 32, or mcp-server keys create --name NAME'
    return weakness === undefined ? [] : [warn(`${place} ${weakness}`, mend)]
  })
  return weak.length > 0 ? weak : [pass('32 characters or more, no placeholder')]
}

/** As a server that is not root reads it, whoever runs this. */
function readTokens(file: string | undefined): TokenFile | undefined {
  return file === undefined ? undefined : parseTokenFile(readPrivateFile(file, false))
}

function checkTokenFile({ auth: { tokenFile: file } }: Config): readonly Finding[] {
  if (file === undefined) return [skip('not configured')]
  try {
    const { credentials, warnings } = parseTokenFile(readPrivateFile(file, false))
    const mend = `a random one in its place: openssl rand -base64 32`
    if (warnings.length > 0) return warnings.map((text) => warn(`${file}: ${text}`, mend))
    if (orNothing(() => readPrivateFile(file)) === undefined) {
      const says = `${file}: a group may read it, and a server that runs as root refuses that`
      return [warn(says, 'start the server as a user of its own; others may read what root gives')]
    }
    if (credentials.length > 0) return [pass(`${file}: ${credentials.length} clients`)]
    return [warn(`${file} names no client`, 'add lines such as client-id:token')]
  } catch (error) {
    return [fail(`${file}: ${reasonOf(error)}`, mendFile(file, error))]
  }
}

function mendFile(file: string, error: unknown): string {
  const reason = reasonOf(error)
  if (reason.includes('chmod')) return `chmod 600 ${file}`
  if (reason.startsWith('line')) return `correct that line of ${file}: client-id:token`
  if (reason.includes('key store'))
    return `mcp-server keys create makes a new one; move ${file} away`
  return `make ${file} readable for the server, or correct the path`
}

function readStore({ auth }: Config): readonly StoredKey[] {
  return readKeyStore(resolveKeyStore(auth.keyStore))
}

function listUsable(config: Config): readonly StoredKey[] {
  return readStore(config).filter(
    (key) => describeAge(key, config.auth.keyMaxAgeDays) !== 'expired'
  )
}

function checkKeyStore(config: Config): Finding {
  const file = resolveKeyStore(config.auth.keyStore)
  try {
    return pass(`${file}: ${readStore(config).length} keys, closed to others`)
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (!isMissing) return fail(`${file}: ${reasonOf(error)}`, mendFile(file, error))
    if (config.auth.keyStore === defaultKeyStore) return skip('no key was made yet')
    return fail(`${file} is missing`, 'mcp-server keys create --name NAME makes it')
  }
}

function checkAges(config: Config): readonly Finding[] {
  const keys = orNothing(() => readStore(config)) ?? []
  if (keys.length === 0) return [skip('ages are known of stored keys only, and there is none')]
  const old = keys.flatMap((key) => {
    const age = describeAge(key, config.auth.keyMaxAgeDays)
    if (age === undefined) return []
    const mend = `mcp-server keys create --name ${key.name}, then keys revoke ${keyIdOf(key)}`
    return [warn(`key ${key.name} (${keyIdOf(key)}): ${age}`, mend)]
  })
  return old.length > 0 ? old : [pass(`${keys.length} keys, none near 90 days`)]
}

/** A key of a client that went upstream would open this server to whoever reads there. */
function checkReuse(config: Config): Finding {
  const { token, apiKeys, tokenFile } = config.auth
  const inbound = new Set([
    ...(token === undefined ? [] : [token]),
    ...apiKeys,
    ...(orNothing(() => readTokens(tokenFile))?.tokens ?? [])
  ])
  const outbound = listOutboundSecrets(config, readReference)
  if (outbound.length === 0) return skip('no credential goes to an API')
  if (!outbound.some((secret) => inbound.has(secret))) return pass('no key goes to an API')
  return fail(
    'the credential of an API is a key of this server: each API could call it',
    'give the API a credential of its own (API_AUTH_TOKEN, apis.NAME.credential)'
  )
}

export const credentialChecks: readonly Check[] = [
  { id: 'auth.required', run: served(checkRequired) },
  { id: 'auth.credentials', run: served(checkCredentials) },
  { id: 'auth.strength', run: configured(checkStrength) },
  { id: 'auth.tokenFile', run: configured(checkTokenFile) },
  { id: 'auth.keyStore', run: configured(checkKeyStore) },
  { id: 'auth.keyAges', run: configured(checkAges) },
  { id: 'auth.reuse', run: configured(checkReuse) }
]
