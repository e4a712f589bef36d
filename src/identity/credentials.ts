import { type AcceptedKey, acceptKey, indexKeys, type Keys, namedKey } from '../auth.ts'
import { ConfigError, reasonOf } from '../config-error.ts'
import { readPrivateFile } from '../files/private-file.ts'
import { watchFile } from '../files/watched-file.ts'
import { defaultKeyStore } from '../settings/auth-settings.ts'
import type { Config } from '../settings.ts'
import type { Log } from '../types.ts'
import { resolveKeyStore } from './key-store.ts'
import { openStoredKeys } from './stored-keys.ts'
import { parseTokenFile, type TokenFile } from './token-file.ts'

export interface Credentials {
  /** The keys that count at this moment. */
  keys(): Keys
  /** Adds one for as long as the process lives. */
  add(key: AcceptedKey): void
  close(): void
}

/**
 * Collects the configured keys; token file and key store are read again when they change. `learn`
 * is told the tokens of the file each time.
 */
export function openCredentials(
  { auth, env }: Config,
  log: Log,
  learn: (secrets: readonly string[]) => void
): Credentials {
  const fixed = [
    ...(auth.token === undefined ? [] : [acceptKey(auth.token, namedKey('env'))]),
    ...auth.apiKeys.map((key, index) => acceptKey(key, namedKey(`key-${index + 1}`)))
  ]
  const onChange = (): void => {
    keys = collect()
  }
  const { tokenFile: file } = auth
  const tokens =
    file === undefined
      ? undefined
      : watchFile<readonly AcceptedKey[]>({
          file,
          label: 'token file',
          fallback: () => [],
          consequence: 'its keys do not count',
          log,
          onChange,
          read() {
            const found = readTokenFile(file, env === 'production', log)
            learn(found.tokens)
            return found.credentials
          }
        })
  const stored = openStoredKeys({
    file: resolveKeyStore(auth.keyStore),
    mayBeMissing: auth.keyStore === defaultKeyStore,
    ...(auth.keyMaxAgeDays !== undefined && { maxAgeDays: auth.keyMaxAgeDays }),
    log,
    onChange
  })
  const collect = (): Keys =>
    indexKeys([...fixed, ...(tokens?.current() ?? []), ...stored.current()])
  let keys = collect()
  return {
    keys: () => keys,
    add(key) {
      fixed.push(key)
      onChange()
    },
    close() {
      tokens?.close()
      stored.close()
    }
  }
}

function readTokenFile(file: string, isProduction: boolean, log: Log): TokenFile {
  const setting = 'auth.tokenFile (MCP_AUTH_TOKEN_FILE)'
  try {
    const read = parseTokenFile(readPrivateFile(file))
    const { warnings } = read
    if (isProduction && warnings.length > 0) throw new Error(warnings.join('; '))
    for (const warning of warnings) log.warn(`${setting}: ${warning}`)
    return read
  } catch (cause) {
    throw new ConfigError(`${setting}: ${reasonOf(cause)}`, { cause })
  }
}
