import { readFileSync, statSync } from 'node:fs'
import { type Credential, createCredential, namedKey, parseTokenFile } from './auth.ts'
import { ConfigError, reasonOf } from './config-error.ts'
import { describeError } from './log.ts'
import type { Config } from './settings.ts'
import type { Log } from './types.ts'

export interface Credentials {
  /** The credentials that count at this moment. */
  current(): readonly Credential[]
  close(): void
}

const pollMs = 1000

/** Collects the configured credentials; the token file is read again when it changes. */
export function openCredentials({ auth }: Config, log: Log): Credentials {
  const fixed = [
    ...(auth.token === undefined ? [] : [createCredential(auth.token, namedKey('env'))]),
    ...auth.apiKeys.map((key, index) => createCredential(key, namedKey(`key-${index + 1}`)))
  ]
  const { tokenFile } = auth
  if (tokenFile === undefined) return { current: () => fixed, close: () => {} }

  let seen = fingerprint(tokenFile)
  let all = [...fixed, ...readTokenFile(tokenFile)]
  // Not fs.watchFile: that one misses a change made before its first look.
  const timer = setInterval(() => {
    const now = fingerprint(tokenFile)
    if (now === seen) return
    seen = now
    try {
      all = [...fixed, ...readTokenFile(tokenFile)]
      log.info('token file read again')
    } catch (error) {
      // A file that cannot be trusted any more opens nothing.
      all = fixed
      log.error('token file refused, its keys do not count', { error: describeError(error) })
    }
  }, pollMs)
  timer.unref()
  return { current: () => all, close: () => clearInterval(timer) }
}

/** Changes when the file, its content or its mode does. */
function fingerprint(file: string): string {
  try {
    const { ino, size, mode, mtimeMs, ctimeMs } = statSync(file)
    return [ino, size, mode, mtimeMs, ctimeMs].join()
  } catch {
    return 'missing'
  }
}

function readTokenFile(file: string): readonly Credential[] {
  try {
    const groupAndWorld = 0o077
    if (process.platform !== 'win32' && (statSync(file).mode & groupAndWorld) !== 0) {
      throw new Error('group or world has access: run chmod 600 on it')
    }
    return parseTokenFile(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new ConfigError(`auth.tokenFile (MCP_AUTH_TOKEN_FILE): ${reasonOf(cause)}`, { cause })
  }
}
