import { type Credential, createCredential, indexCredentials, type Keys, namedKey } from './auth.ts'
import { defaultKeyStore } from './auth-settings.ts'
import { ConfigError, reasonOf } from './config-error.ts'
import { resolveKeyStore } from './key-store.ts'
import { readPrivateFile } from './private-file.ts'
import type { Config } from './settings.ts'
import { openStoredKeys } from './stored-keys.ts'
import { parseTokenFile } from './token-file.ts'
import type { Log } from './types.ts'
import { type WatchedFile, watchFile } from './watched-file.ts'

export interface Credentials {
  /** The keys that count at this moment. */
  keys(): Keys
  /** Adds one for as long as the process lives. */
  add(credential: Credential): void
  close(): void
}

/** Collects the configured keys; token file and key store are read again when they change. */
export function openCredentials({ auth, env }: Config, log: Log): Credentials {
  const fixed = [
    ...(auth.token === undefined ? [] : [createCredential(auth.token, namedKey('env'))]),
    ...auth.apiKeys.map((key, index) => createCredential(key, namedKey(`key-${index + 1}`)))
  ]
  const onChange = (): void => {
    keys = collect()
  }
  const tokens = openTokenFile(auth.tokenFile, env === 'production', log, onChange)
  const stored = openStoredKeys({
    file: resolveKeyStore(auth.keyStore),
    mayBeMissing: auth.keyStore === defaultKeyStore,
    ...(auth.keyMaxAgeDays !== undefined && { maxAgeDays: auth.keyMaxAgeDays }),
    log,
    onChange
  })
  const collect = (): Keys =>
    indexCredentials([...fixed, ...(tokens?.current() ?? []), ...stored.current()])
  let keys = collect()
  return {
    keys: () => keys,
    add(credential) {
      fixed.push(credential)
      onChange()
    },
    close() {
      tokens?.close()
      stored.close()
    }
  }
}

function openTokenFile(
  file: string | undefined,
  isProduction: boolean,
  log: Log,
  onChange: () => void
): WatchedFile<readonly Credential[]> | undefined {
  if (file === undefined) return undefined
  const read = (): readonly Credential[] => readTokenFile(file, isProduction, log)
  return watchFile({ file, label: 'token file', read, fallback: [], log, onChange })
}

function readTokenFile(file: string, isProduction: boolean, log: Log): readonly Credential[] {
  const setting = 'auth.tokenFile (MCP_AUTH_TOKEN_FILE)'
  try {
    const { credentials, warnings } = parseTokenFile(readPrivateFile(file))
    if (isProduction && warnings.length > 0) throw new Error(warnings.join('; '))
    for (const warning of warnings) log.warn(`${setting}: ${warning}`)
    return credentials
  } catch (cause) {
    throw new ConfigError(`${setting}: ${reasonOf(cause)}`, { cause })
  }
}
