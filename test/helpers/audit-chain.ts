import { readFileSync } from 'node:fs'
import { runAudit } from '../../bin/audit.ts'
import { createSeal, type Link, readSealed } from '../../src/audit/chain.ts'
import { openAuditFile } from '../../src/audit/file.ts'
import { type AuditEntry, type AuditOptions, createAudit } from '../../src/audit.ts'
import { recordTerminal } from './terminal.ts'

export const entry: AuditEntry = {
  event: 'TOOL_EXECUTE',
  outcome: 'ok',
  principal: 'alice',
  transport: 'http',
  remote: '192.0.2.1',
  path: '/mcp',
  protocolVersion: '2026-07-28',
  method: 'tools/call',
  tool: 'calculate_npv',
  args: { rate: 0.05, note: 'ordinary, “quoted”' },
  bytesOut: 12,
  durationMs: 0.25,
  requestId: 'd9c5f5b4-5a4c-4a4f-9d5c-0f2f6a4f1c11'
}

/** An audit on a real file, as the server opens it. */
export function openAudit(file: string, options: Partial<AuditOptions> & { key?: string } = {}) {
  const { key, ...rest } = options
  const seal = createSeal(key)
  const sink = openAuditFile({ file, seal, fsync: false })
  return createAudit({ enabled: true, args: 'redacted', seal, ...rest }, sink)
}

/** Writes a chain of `count` lines. */
export async function writeChain(file: string, count: number, key?: string): Promise<void> {
  const audit = openAudit(file, key === undefined ? {} : { key })
  for (let index = 0; index < count; index++) {
    audit.record({ ...entry, args: { ...(entry.args as object), index } })
    if (index % 100 === 99) await audit.written()
  }
  await audit.close(0)
}

/** The lines of a file, as bytes without line breaks. */
export function linesOf(file: string): Buffer[] {
  const texts = readFileSync(file, 'latin1').split('\n')
  return texts.slice(0, -1).map((text) => Buffer.from(text, 'latin1'))
}

export function linkOf(line: Buffer | undefined): Link {
  const sealed = line && readSealed(line)
  if (!sealed) throw new Error('no line of a chain')
  return { seq: sealed.seq, hash: sealed.hash }
}

/** `audit verify`: its exit code and what it prints. */
export function verify(
  files: readonly string[],
  flags: { readonly head?: string; readonly key?: string } = {}
): { readonly code: number; readonly text: string } {
  const terminal = recordTerminal()
  const code = runAudit(['verify', ...files], flags, terminal)
  return { code, text: terminal.said.out }
}
