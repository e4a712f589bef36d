import { createSeal, genesis } from '../src/audit/chain.ts'
import { type AuditSink, openAuditFile } from '../src/audit/file.ts'
import { type Audit, createAudit } from '../src/audit.ts'
import type { LineSink } from '../src/output/line-sink.ts'
import type { Config } from '../src/settings.ts'
import type { Output } from './output.ts'

const reportPauseMs = 60_000

/** Opens the audit trail where the configuration wants it. */
export function openAudit({ audit }: Config, { stderr, log, secrets }: Output): Audit {
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
