import { readFileSync } from 'node:fs'
import { createLog } from '../src/log.ts'
import {
  type LineSink,
  openGatheredStandardError,
  openStandardError
} from '../src/output/line-sink.ts'
import { createSecretFilter, type SecretFilter } from '../src/output/secret-filter.ts'
import type { SecretReference } from '../src/settings/secret-reference.ts'
import { listSecrets } from '../src/settings/secrets.ts'
import type { Config } from '../src/settings.ts'
import type { Log } from '../src/types.ts'

/** Where the process speaks to its operator. */
export interface Output {
  readonly stderr: LineSink
  readonly log: Log
  /** The process's own secrets, kept out of everything that it writes. */
  readonly secrets: SecretFilter
  /** Resolves when every line is written, or after `maxMs`. */
  flush(maxMs: number): Promise<void>
}

/** Opens standard error: audit lines go out one by one, log lines together. */
export function openOutput(config: Config): Output {
  const stderr = openStandardError()
  const gathered = openGatheredStandardError()
  const secrets = createSecretFilter(listSecrets(config, readReference))
  return {
    stderr,
    secrets,
    log: createLog({ ...config.log, clean: secrets.clean }, gathered),
    async flush(maxMs) {
      await Promise.all([stderr.flush(maxMs), gathered.flush(maxMs)])
    }
  }
}

/** The secret behind a reference. Whoever needs the value says why it is missing. */
export function readReference(reference: SecretReference): string | undefined {
  if ('env' in reference) return process.env[reference.env]
  try {
    return readFileSync(reference.file, 'utf8').trim()
  } catch {
    return undefined
  }
}
