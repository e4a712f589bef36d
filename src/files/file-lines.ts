import { closeSync, openSync, readSync } from 'node:fs'

const chunkBytes = 1_048_576
/** Far more than a line of ours has. */
const maxLineBytes = 16_777_216

/** The lines of a file of any size, without their line breaks; the last may lack its own. */
export function* readLines(
  file: string
): Generator<{ readonly bytes: Buffer; readonly isTerminated: boolean }, void> {
  const fd = openSync(file, 'r')
  try {
    let rest = Buffer.alloc(0)
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes)
      const length = readSync(fd, chunk, 0, chunkBytes, null)
      if (length === 0) break
      rest = Buffer.concat([rest, chunk.subarray(0, length)])
      let from = 0
      for (let at = rest.indexOf(10); at !== -1; at = rest.indexOf(10, from)) {
        yield { bytes: rest.subarray(from, at), isTerminated: true }
        from = at + 1
      }
      rest = rest.subarray(from)
      if (rest.length > maxLineBytes) throw new Error('a line is longer than 16 MiB')
    }
    if (rest.length > 0) yield { bytes: rest, isTerminated: false }
  } finally {
    closeSync(fd)
  }
}
