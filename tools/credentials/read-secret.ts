import { readFileSync } from 'node:fs'
import { ConfigError } from '../../src/config-error.ts'

/** The value behind `{ env: NAME }` or `{ file: PATH }`. */
export function readSecret(
  reference: { readonly env: string } | { readonly file: string }
): string {
  const text =
    'env' in reference ? process.env[reference.env] : readFileSync(reference.file, 'utf8').trim()
  if (text) return text
  throw new ConfigError(`${JSON.stringify(reference)} leads to no value`)
}
