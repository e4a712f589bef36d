import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Audit, createAudit } from '../src/audit.ts'
import { createSeal, genesis } from '../src/audit-chain.ts'
import { type AuditSink, openAuditFile } from '../src/audit-file.ts'
import { createChanges } from '../src/changes.ts'
import { createPolicy } from '../src/create-policy.ts'
import { createDispatcher } from '../src/dispatch.ts'
import { type LineSink, openGatheredStandardError, openStandardError } from '../src/line-sink.ts'
import { createLog } from '../src/log.ts'
import { createRegistry, type Registry } from '../src/registry.ts'
import { createSecretFilter, type SecretFilter } from '../src/secret-filter.ts'
import { listSecrets } from '../src/secrets.ts'
import { selectTools } from '../src/select-tools.ts'
import type { Config } from '../src/settings.ts'
import type { Changes, Log, Source } from '../src/types.ts'
import { readVersion } from '../src/version.ts'
import type { Mcp } from '../transports/mcp.ts'
import { createRequestState } from '../transports/request-state.ts'

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

/** Whoever needs the value says why it is missing. */
function readReference(reference: { env: string } | { file: string }): string | undefined {
  if ('env' in reference) return process.env[reference.env]
  try {
    return readFileSync(reference.file, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Everything that is the same whichever transport serves it. */
export interface Core {
  readonly mcp: Mcp
  readonly registry: Registry
  readonly audit: Audit
  readonly log: Log
  readonly secrets: SecretFilter
}

/** Puts sources, registry, policy and dispatcher together as the configuration says. */
export function createCore(
  config: Config,
  sources: readonly Source[],
  changes: Changes = createChanges(),
  output: Output = openOutput(config)
): Core {
  const { log, secrets } = output
  const audit = openAudit(config, output)
  const registry = createRegistry(selectTools(sources, config))
  const dispatcher = createDispatcher(registry, createPolicy(config, audit))
  const requestState = createRequestState(randomBytes(32))
  const mcp = { dispatcher, changes, requestState, log, version: readVersion() }
  return Object.freeze({ mcp, registry, audit, log, secrets })
}

const reportPauseMs = 60_000

function openAudit({ audit }: Config, { stderr, log, secrets }: Output): Audit {
  const { file, fsync, enabled } = audit
  const seal = createSeal(audit.key)
  const isFile = enabled && file !== undefined
  let quietUntilMs = 0
  const report = (problem: string): void => {
    if (performance.now() < quietUntilMs) return
    quietUntilMs = performance.now() + reportPauseMs
    log.error('audit lines cannot be written', { setting: 'audit.file', problem })
  }
  return createAudit(
    { ...audit, seal, clean: secrets.clean, report },
    isFile ? openAuditFile({ file, seal, fsync }) : createErrorSink(stderr)
  )
}

/** Standard error as a place for audit lines: each process has a chain of its own there. */
function createErrorSink(stderr: LineSink): AuditSink {
  return {
    tail: { link: genesis },
    append(lines) {
      if (!stderr.write(lines)) throw new Error('standard error does not take the lines')
    }
  }
}
