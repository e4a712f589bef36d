import { readFileSync } from 'node:fs'

/** The version in package.json, the only place where it is written. */
export function readVersion(): string {
  // From dist/src, where this file runs.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
