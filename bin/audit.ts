import { closeSync, openSync } from 'node:fs'
import { createSeal, type Link, type Seal } from '../src/audit/chain.ts'
import { readTail } from '../src/audit/tail.ts'
import { createVerifier } from '../src/audit/verify.ts'
import { ConfigError, reasonOf } from '../src/config-error.ts'
import { readLines } from '../src/files/file-lines.ts'
import { ownTerminal, type Terminal } from './terminal.ts'

export interface AuditFlags {
  /** `SEQ:HASH` as `audit head` printed it earlier. */
  readonly head?: string
  /** `audit.key` of the configuration. */
  readonly key?: string
}

const usage = 'audit: use audit verify FILE… [--head SEQ:HASH], or audit head FILE'

/** `audit verify` and `audit head`. Returns the exit code. */
export function runAudit(
  [verb, ...files]: readonly string[],
  { head, key }: AuditFlags,
  { out }: Terminal = ownTerminal
): number {
  const seal = createSeal(key)
  const [file, ...others] = files
  if (file === undefined) throw new ConfigError(usage)
  if (verb === 'verify') return verify(files, seal, readHead(head), out)
  if (verb !== 'head' || others.length > 0 || head !== undefined) throw new ConfigError(usage)
  const { seq, hash } = readHeadOf(file, seal)
  out(`${seq}:${hash}\n`)
  return 0
}

function verify(
  files: readonly string[],
  seal: Seal,
  head: Link | undefined,
  out: Terminal['out']
): number {
  const verifier = createVerifier({ seal, ...(head && { head }) })
  let told = 0
  const tell = (file: string): void => {
    for (; told < verifier.notes().length; told++) out(`${file}: ${verifier.notes()[told]}\n`)
  }
  for (const file of files) {
    const fault = orRefuse(file, () => verifyFile(file, verifier))
    tell(file)
    if (fault !== undefined) return fail(`${file}: ${fault}`)
  }
  const fault = verifier.end()
  if (fault !== undefined) return fail(fault)
  const last = verifier.link()
  out(`ok: ${verifier.lines()} lines${last ? `, head ${last.seq}:${last.hash}` : ''}\n`)
  return 0

  function fail(what: string): number {
    out(`${what}\n`)
    return 1
  }
}

function verifyFile(file: string, verifier: ReturnType<typeof createVerifier>): string | undefined {
  let isTerminated = true
  for (const line of readLines(file)) {
    const fault = verifier.add(line.bytes)
    if (fault !== undefined) return fault
    isTerminated = line.isTerminated
  }
  return verifier.endFile(isTerminated)
}

function readHeadOf(file: string, seal: Seal): Link {
  return orRefuse(file, () => {
    const fd = openSync(file, 'r')
    try {
      return readTail(fd, seal).link
    } finally {
      closeSync(fd)
    }
  })
}

function readHead(text: string | undefined): Link | undefined {
  if (text === undefined) return undefined
  const [, seq, hash] = /^(\d{1,16}):([\da-f]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined) {
    throw new ConfigError('--head: must be SEQ:HASH as audit head prints it')
  }
  return { seq: Number(seq), hash }
}

function orRefuse<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw new ConfigError(`audit: ${file}: ${reasonOf(cause)}`, { cause })
  }
}
