import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'

const groupAndWorld = 0o077
const writableByOthers = 0o022
const groupReads = 0o040

/**
 * Reads a file that holds or stands for secrets. Throws when group or world has access to it; a
 * group may read what root has given it, as systemd (LoadCredential) and Kubernetes (fsGroup) do,
 * unless the reader is root itself.
 */
export function readPrivateFile(file: string, isRoot = process.geteuid?.() === 0): string {
  const descriptor = openSync(file, 'r')
  try {
    // Of what was opened, not of what the name means by now. Windows has no such modes.
    const { mode, uid } = fstatSync(descriptor)
    const isGiven = uid === 0 && !isRoot
    const isOpen = (mode & groupAndWorld & ~(isGiven ? groupReads : 0)) !== 0
    if (isOpen && process.platform !== 'win32') {
      throw new Error('group or world has access: run chmod 600 on it')
    }
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Reads a file and tells whether nobody but its reader, or root, can have written it. Of what was
 * opened, not of what the name means by now. Windows has no such owners: there it counts as own.
 */
export function readOwnedFile(file: string): { readonly text: string; readonly isOwn: boolean } {
  const descriptor = openSync(file, 'r')
  try {
    const { uid, mode } = fstatSync(descriptor)
    const isOwner = uid === 0 || uid === process.getuid?.()
    const isOwn = process.platform === 'win32' || (isOwner && (mode & writableByOthers) === 0)
    return { text: readFileSync(descriptor, 'utf8'), isOwn }
  } finally {
    closeSync(descriptor)
  }
}
