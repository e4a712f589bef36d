import type { Terminal } from '../../bin/terminal.ts'

export interface RecordedTerminal extends Terminal {
  /** What was said so far. */
  readonly said: { readonly out: string; readonly notes: string }
}

export function recordTerminal(): RecordedTerminal {
  const said = { out: '', notes: '' }
  return {
    said,
    out(text) {
      said.out += text
    },
    note(text) {
      said.notes += `${text}\n`
    }
  }
}
