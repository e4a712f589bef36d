const newline = 0x0a

/** The text of one message, or that it was longer than allowed and thrown away. */
export type Frame = { readonly text: string } | 'too_large'

export interface LineFraming {
  /** The lines that this chunk completes. */
  push(chunk: Buffer): readonly Frame[]
  /** What stood after the last newline, when the stream ends. */
  end(): readonly Frame[]
}

/**
 * Cuts a byte stream into lines. Only new chunks are searched, so a long line costs linear time;
 * past `maxBytes` the rest of a line is dropped as it comes. A byte order mark at the very
 * beginning and carriage returns at line ends are removed.
 */
export function createLineFraming(maxBytes: number): LineFraming {
  let parts: Buffer[] = []
  let size = 0
  let isFirst = true

  function add(part: Buffer): void {
    size += part.length
    if (size <= maxBytes) parts.push(part)
    else parts = []
  }

  function take(): Frame {
    const isTooLarge = size > maxBytes
    const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
    parts = []
    size = 0
    const mayHaveMark = isFirst
    isFirst = false
    if (isTooLarge) return 'too_large'
    const text = bytes.toString()
    const clean = mayHaveMark && text.startsWith('\uFEFF') ? text.slice(1) : text
    return { text: clean.endsWith('\r') ? clean.slice(0, -1) : clean }
  }

  return {
    push(chunk) {
      const lines: Frame[] = []
      let start = 0
      for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, start)) {
        add(chunk.subarray(start, at))
        lines.push(take())
        start = at + 1
      }
      if (start < chunk.length) add(chunk.subarray(start))
      return lines
    },
    end: () => (size === 0 ? [] : [take()])
  }
}
