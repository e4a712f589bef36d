import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  type Stats,
  statfsSync,
  statSync
} from 'node:fs'
import { dirname } from 'node:path'
import { createSeal } from '../../src/audit/chain.ts'
import { readTail } from '../../src/audit/tail.ts'
import { reasonOf } from '../../src/config-error.ts'
import type { Config } from '../../src/settings.ts'
import { type Check, configured, type Finding, fail, pass, skip, warn } from './check.ts'

function checkEnabled({ audit }: Config): Finding {
  if (!audit.enabled) return warn('off: no call leaves a record', 'MCP_AUDIT=true')
  if (audit.file !== undefined) return pass(`into ${audit.file}`)
  return pass('to standard error, among the log; MCP_AUDIT_FILE gives it a file of its own')
}

/** The check of a plain audit file; `stats` is undefined while it does not exist. */
function ofFile(
  examine: (file: string, stats: Stats | undefined, config: Config) => Finding
): Check['run'] {
  return configured((config) => {
    const { enabled, file } = config.audit
    if (!enabled || file === undefined) return skip('no audit file is configured')
    try {
      const stats = statSync(file, { throwIfNoEntry: false })
      if (stats && !stats.isFile()) return skip(`${file} is a pipe or a device`)
      return examine(file, stats, config)
    } catch (error) {
      return fail(`${file}: ${reasonOf(error)}`, `correct MCP_AUDIT_FILE: ${dirname(file)}`)
    }
  })
}

function checkWritable(file: string, stats: Stats | undefined): Finding {
  // The lock stands beside the file.
  const targets = [...(stats ? [file] : []), dirname(file)]
  const closed = targets.find((target) => !isWritable(target))
  if (closed !== undefined) {
    return fail(
      `${closed} is missing or not writable for this user`,
      `mkdir -p ${dirname(file)}, and chown it to the user of the service; LogsDirectory= in a unit`
    )
  }
  if (!stats) return pass(`${file} will be made`)
  const isOpen = (stats.mode & 0o077) !== 0 && process.platform !== 'win32'
  if (!isOpen) return pass(`${file} is writable and closed to others`)
  return warn(`${file}: others on this machine may read it`, `chmod 600 ${file}`)
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function checkChain(file: string, stats: Stats | undefined, { audit }: Config): Finding {
  if (!stats) return skip('no line was written yet')
  const descriptor = openSync(file, 'r')
  try {
    const { link, torn } = readTail(descriptor, createSeal(audit.key))
    if (torn === undefined) return pass(`its end verifies: line number ${link.seq}`)
    return warn(
      `its last line is cut short, behind number ${link.seq}: a writer was interrupted`,
      'the next start tells of it in the chain; mcp-server audit verify shows the rest'
    )
  } catch (error) {
    return fail(
      `${file}: ${reasonOf(error)}; the start would be refused`,
      `mcp-server audit verify ${file}; then move it away, and keep it`
    )
  } finally {
    closeSync(descriptor)
  }
}

const mebibyte = 1_048_576
const leastMebibytes = 64
const goodMebibytes = 1024

function checkSpace(file: string): Finding {
  const folder = dirname(file)
  if (!existsSync(folder)) return skip('the folder is missing')
  const { bavail, bsize } = statfsSync(folder)
  const free = Math.floor((bavail * bsize) / mebibyte)
  const says = `${free} MiB free in ${folder}`
  const mend = 'free some, or rotate: move the file away and send SIGHUP to the server'
  if (free < leastMebibytes) return fail(says, mend)
  return free < goodMebibytes ? warn(says, mend) : pass(says)
}

export const auditChecks: readonly Check[] = [
  { id: 'audit.enabled', run: configured(checkEnabled) },
  { id: 'audit.file', run: ofFile(checkWritable) },
  { id: 'audit.chain', run: ofFile(checkChain) },
  { id: 'audit.space', run: ofFile(checkSpace) }
]
