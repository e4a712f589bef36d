import type { ReadSecret } from '../../../src/settings/secret-reference.ts'
import type { LocalServer } from '../configuration/entry.ts'
import { readValue } from './credential.ts'

/** What a program needs to run at all. The rest of our environment is ours: keys stand in it. */
const inherited = [
  'HOME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'LOGNAME',
  'NODE_EXTRA_CA_CERTS',
  'PATH',
  'SHELL',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'TERM',
  'TMPDIR',
  'TZ',
  'USER',
  // Windows
  'APPDATA',
  'COMSPEC',
  'LOCALAPPDATA',
  'PATHEXT',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'USERNAME',
  'USERPROFILE'
]

/** The environment of a child: those few variables, and what its entry configures. */
export function createChildEnvironment(
  { name, env }: LocalServer,
  ours: Readonly<Record<string, string | undefined>>,
  readSecret: ReadSecret
): Record<string, string> {
  const result: Record<string, string> = {}
  for (const variable of inherited) {
    const value = ours[variable]
    // An exported shell function is code.
    if (value !== undefined && !value.startsWith('()')) result[variable] = value
  }
  for (const [variable, value] of env) {
    result[variable] = readValue(value, `${name}.env.${variable}`, readSecret)
  }
  return result
}
