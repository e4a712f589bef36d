/** Where a command prints its answer, and what a person should read beside it. */
export interface Terminal {
  out(text: string): void
  /** A line of its own; never a part of the answer. */
  note(text: string): void
}

/** Standard output, and standard error for the notes. */
export const ownTerminal: Terminal = Object.freeze({
  out(text: string) {
    process.stdout.write(text)
  },
  note(text: string) {
    process.stderr.write(`mcp-server: ${text}\n`)
  }
})
