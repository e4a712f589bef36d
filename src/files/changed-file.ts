import { randomUUID } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { dirname } from 'node:path'
import { withFileLock } from './file-lock.ts'

export interface ChangedFile {
  readonly file: string
  /** Of the file that is written. */
  readonly mode: number
  read(file: string): string
}

/**
 * Replaces the text of a file by what `change` makes of it (of undefined when it is missing), all or
 * nothing; undefined leaves it as it is. Processes that change it at once come one after the other.
 */
export async function changeFile(
  { file, mode, read }: ChangedFile,
  change: (text: string | undefined) => string | undefined
): Promise<void> {
  // A rename would put a file in the place of a link.
  const target = existsSync(file) ? realpathSync(file) : file
  await withFileLock(`${target}.lock`, () => {
    const after = change(existsSync(target) ? read(target) : undefined)
    if (after !== undefined) replaceFile(target, mode, after)
  })
}

function replaceFile(target: string, mode: number, text: string): void {
  const draft = `${target}.${randomUUID()}.tmp`
  try {
    writeFileSync(draft, text, { mode, flag: 'wx', flush: true })
    keepOwner(target, draft)
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  syncFolder(dirname(target))
}

/** A server run by root must not take the file from whoever manages it. */
function keepOwner(target: string, draft: string): void {
  if (!existsSync(target)) return
  const { uid, gid } = statSync(target)
  const own = statSync(draft)
  if (own.uid !== uid || own.gid !== gid) chownSync(draft, uid, gid)
}

/** Makes the rename itself last; not every system can. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r')
    fsyncSync(descriptor)
    closeSync(descriptor)
  } catch {
    // The file itself was written; only its name may be lost with the power.
  }
}
