import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'

const groupAndWorld = 0o077

/** Reads a file that holds or stands for secrets. Throws when group or world has access to it. */
export function readPrivateFile(file: string): string {
  const descriptor = openSync(file, 'r')
  try {
    // Of what was opened, not of what the name means by now. Windows has no such modes.
    const isOpen = (fstatSync(descriptor).mode & groupAndWorld) !== 0
    if (isOpen && process.platform !== 'win32') {
      throw new Error('group or world has access: run chmod 600 on it')
    }
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}
