import { readFileSync, statSync, unwatchFile, watchFile } from 'node:fs'
import { type Credential, createCredential, namedKey, parseTokenFile } from './auth.ts'
import { ConfigError } from './config.ts'
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

  let all = [...fixed, ...readTokenFile(tokenFile)]
  watchFile(tokenFile, { interval: pollMs, persistent: false }, () => {
    try {
      all = [...fixed, ...readTokenFile(tokenFile)]
      log.info('token file read again')
    } catch (error) {
      // A file that cannot be trusted any more opens nothing.
      all = fixed
      log.error('token file refused, its keys do not count', { error: describeError(error) })
    }
  })
  return { current: () => all, close: () => unwatchFile(tokenFile) }
}

function readTokenFile(file: string): readonly Credential[] {
  try {
    const groupAndWorld = 0o077
    if (process.platform !== 'win32' && (statSync(file).mode & groupAndWorld) !== 0) {
      throw new Error('group or world has access: run chmod 600 on it')
    }
    return parseTokenFile(readFileSync(file, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`auth.tokenFile (MCP_AUTH_TOKEN_FILE): ${reason}`, { cause })
  }
}
