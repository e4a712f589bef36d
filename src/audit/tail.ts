import { hash } from 'node:crypto'
import { fstatSync, readSync } from 'node:fs'
import { genesis, type Link, readLink, type Seal } from './chain.ts'

/** Where the chain of a file stands. */
export interface Tail {
  readonly link: Link
  /**
   * SHA-256 of what follows the last whole line, when a crash cut the writer off in the middle of
   * one; the first line of the next run names it.
   */
  readonly torn?: string
  /** The last line is whole but for its line break. */
  readonly isOpen?: true
}

/** A line of ours is far shorter: its arguments are cut. */
const maxTailBytes = 1_048_576

/** Reads how a chain ends. Throws when the last line is no line of a chain under this seal. */
export function readTail(fd: number, seal: Seal): Tail {
  const { size } = fstatSync(fd)
  if (size === 0) return { link: genesis }
  const bytes = Buffer.alloc(Math.min(size, maxTailBytes))
  readSync(fd, bytes, 0, bytes.length, size - bytes.length)
  const isWholeFile = bytes.length === size
  const lines = splitLines(bytes)
  const last = lines.at(-1)
  if (last === undefined) return { link: genesis }
  const isCut = bytes.at(-1) !== newline
  const link = readLink(last.bytes, seal)
  if (link) return isCut ? { link, isOpen: true } : { link }
  if (!isCut)
    throw new Error(
      'its last line is none of this chain and key; see mcp-server audit verify, and move it away to begin anew'
    )
  return findBefore(bytes, lines.slice(0, -1), seal, isWholeFile)
}

/** A crash may also have cut off the line that told of an earlier one. */
function findBefore(bytes: Buffer, lines: readonly Line[], seal: Seal, isWholeFile: boolean): Tail {
  for (const { bytes: line, end } of lines.toReversed()) {
    const link = readLink(line, seal)
    if (link) return { link, torn: hash('sha256', bytes.subarray(end), 'hex') }
  }
  if (!isWholeFile)
    throw new Error('its end holds no line of this chain and key; move it away to begin anew')
  return { link: genesis, torn: hash('sha256', bytes, 'hex') }
}

interface Line {
  readonly bytes: Buffer
  /** Where the next line begins. */
  readonly end: number
}

function splitLines(bytes: Buffer): readonly Line[] {
  const lines: Line[] = []
  let from = 0
  while (from < bytes.length) {
    const at = bytes.indexOf(newline, from)
    const to = at === -1 ? bytes.length : at
    lines.push({ bytes: bytes.subarray(from, to), end: to + 1 })
    from = to + 1
  }
  return lines
}

const newline = 0x0a
