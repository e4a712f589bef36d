import { randomBytes } from 'node:crypto'
import { type Audit, createAudit } from '../src/audit.ts'
import { createChanges } from '../src/changes.ts'
import { createPolicy } from '../src/create-policy.ts'
import { createDispatcher } from '../src/dispatch.ts'
import {
  type LineSink,
  openGatheredStandardError,
  openLineFile,
  openStandardError
} from '../src/line-sink.ts'
import { createLog } from '../src/log.ts'
import { createRegistry, type Registry } from '../src/registry.ts'
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
  /** Resolves when every line is written, or after `maxMs`. */
  flush(maxMs: number): Promise<void>
}

/** Opens standard error: audit lines go out one by one, log lines together. */
export function openOutput(config: Config): Output {
  const stderr = openStandardError()
  const gathered = openGatheredStandardError()
  return {
    stderr,
    log: createLog(config.log, gathered),
    async flush(maxMs) {
      await Promise.all([stderr.flush(maxMs), gathered.flush(maxMs)])
    }
  }
}

/** Everything that is the same whichever transport serves it. */
export interface Core {
  readonly mcp: Mcp
  readonly registry: Registry
  readonly audit: Audit
  readonly log: Log
}

/** Puts sources, registry, policy and dispatcher together as the configuration says. */
export function createCore(
  config: Config,
  sources: readonly Source[],
  changes: Changes = createChanges(),
  output: Output = openOutput(config)
): Core {
  const { stderr, log } = output
  const { file } = config.audit
  const audit = createAudit(
    config.audit,
    file === undefined
      ? stderr
      : openLineFile(file, 'audit.file (MCP_AUDIT_FILE)', (problem) => log.error(problem))
  )
  const registry = createRegistry(selectTools(sources, config), config)
  const dispatcher = createDispatcher(registry, createPolicy(config, audit))
  const requestState = createRequestState(randomBytes(32))
  const mcp = { dispatcher, changes, requestState, log, version: readVersion() }
  return Object.freeze({ mcp, registry, audit, log })
}
