import { getAt, type LoadedConfig, listSettings } from '../config.ts'
import { createSecretFilter } from '../output/secret-filter.ts'
import { censorUrl, type FindSecret, listSecrets } from './secrets.ts'
import { sourcesOf } from './setting.ts'

const secretNames = new Set(['token', 'password', 'clientSecret'])

/** Secrets within a list such as `apis`, where a reference to one may be shown, and those of URLs. */
function hideSecret(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  return secretNames.has(key) ? 'set' : censorUrl(value)
}

/**
 * `--print-config`: every setting, its value (secrets as `set`), and where it came from. `find`
 * leads to the secrets behind references, which must not stand anywhere else either.
 */
export function printConfig({ config, origins }: LoadedConfig, find: FindSecret): string {
  const rows = listSettings().map(({ key, schema }) => {
    const value = getAt(config, key)
    const { secret, hidden } = sourcesOf(schema)
    const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0)
    const shown = isEmpty ? '-' : secret || hidden ? 'set' : JSON.stringify(value, hideSecret)
    return `${key} = ${shown}  # ${origins.get(key) ?? 'default'}`
  })
  return createSecretFilter(listSecrets(config, find)).clean(`${rows.join('\n')}\n`)
}
