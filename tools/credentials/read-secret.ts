import { readFileSync } from 'node:fs'
import { ConfigError } from '../../src/config-error.ts'
import type { SecretReference } from '../../src/settings/secret-reference.ts'

/** Reads a secret where it stands; throws a ConfigError that names the place. */
export function readSecret(reference: SecretReference): string {
  const text =
    'env' in reference ? process.env[reference.env] : readFileSync(reference.file, 'utf8').trim()
  if (text) return text
  throw new ConfigError(`${JSON.stringify(reference)} leads to no value`)
}
