import { fstatSync, writeSync } from 'node:fs'
import sonicBoom from 'sonic-boom'

/** Somewhere that lines are appended to. */
export interface LineSink {
  /** False when the lines had to be dropped. */
  write(lines: string): boolean
  /** Resolves when everything is written, or after `maxMs`. */
  flush(maxMs: number): Promise<void>
}

/** More than this unwritten, and lines are dropped and counted instead of kept. */
const maxUnwrittenBytes = 1_048_576
/** Of audit lines: the calls of some thousand pipelined messages. */
const maxUnwrittenAuditBytes = 8_388_608

/**
 * Standard error. A file takes each line at once; a pipe takes them as its reader does, since a
 * reader that stalls must not stop the server.
 */
export function openStandardError(): LineSink {
  return isPipe(2) ? openPipe(0, maxUnwrittenAuditBytes) : openAtOnce()
}

/** Standard error for lines that may come together: a tenth of a second late, in fewer writes. */
export function openGatheredStandardError(): LineSink {
  return openPipe(4096, maxUnwrittenBytes)
}

function openAtOnce(): LineSink {
  return {
    write(lines) {
      try {
        writeAll(2, lines)
        return true
      } catch {
        return false
      }
    },
    flush: async () => {}
  }
}

/** Writes the whole text, or throws after a part of it. */
export function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  let written = 0
  while (written < bytes.length) written += writeSync(fd, bytes, written)
}

function openPipe(minLength: number, maxLength: number): LineSink {
  const sink = new sonicBoom.SonicBoom({
    fd: 2,
    sync: !isPipe(2),
    maxLength,
    ...(minLength > 0 && { minLength, periodicFlush: 100 })
  })
  let isLost = false
  let unwrittenBytes = 0
  let whenWritten: () => void = () => {}
  // A closed standard error must not end the server.
  sink.on('error', () => {
    isLost = true
    whenWritten()
  })
  sink.on('drop', () => {
    isLost = true
  })
  // Not `drain`: that one may tell of what was written before the last line came.
  sink.on('write', (bytes: number) => {
    unwrittenBytes -= bytes
    if (unwrittenBytes <= 0) whenWritten()
  })
  return {
    write(lines) {
      isLost = false
      sink.write(lines)
      if (!isLost) unwrittenBytes += Buffer.byteLength(lines)
      return !isLost
    },
    flush: (maxMs) =>
      new Promise((resolve) => {
        if (unwrittenBytes <= 0) return resolve()
        whenWritten = resolve
        setTimeout(resolve, maxMs).unref()
        sink.flush()
      })
  }
}

function isPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd)
    return stat.isFIFO() || stat.isSocket()
  } catch {
    return false
  }
}
