import { closeSync, existsSync, openSync, readSync } from 'node:fs'

/** How a call ended for its client. */
export type Ending = 'ok' | 'error' | 'refused' | 'lost'

/** How often something was found per call: never, once, more often. */
export type Times = readonly [never: number, once: number, more: number]

/** Client, upstream and audit file, joined. */
export interface Tally {
  readonly sent: number
  readonly ok: number
  /** Answered by the dispatcher with an error that a model reads. */
  readonly error: number
  /** Turned away: a status other than 200, or the code 503 where the protocol is reached. */
  readonly refused: number
  readonly lost: number
  readonly executed: Times
  readonly audited: Times
  /** Answered by the dispatcher, but without exactly one line. */
  readonly unrecorded: number
}

export interface Ledger {
  /** A nonce of its own for each call. */
  begin(): string
  end(nonce: string, ending: Ending): void
  /** `executed` and `audited` hold a nonce as often as it was found. */
  join(executed: readonly string[], audited: readonly string[]): Tally
}

export function createLedger(): Ledger {
  const run = Math.random().toString(36).slice(2, 8)
  const calls = new Map<string, Ending>()
  return {
    begin() {
      const nonce = `call-${run}-${calls.size}`
      calls.set(nonce, 'lost')
      return nonce
    },
    end: (nonce, ending) => calls.set(nonce, ending),
    join(executed, audited) {
      const nonces = [...calls.keys()]
      const count = (wanted: Ending): number =>
        [...calls.values()].filter((ending) => ending === wanted).length
      const lines = countEach(audited)
      const isAnswered = (nonce: string): boolean =>
        ['ok', 'error'].includes(calls.get(nonce) ?? '')
      return {
        sent: calls.size,
        ok: count('ok'),
        error: count('error'),
        refused: count('refused'),
        lost: count('lost'),
        executed: timesOf(nonces, countEach(executed)),
        audited: timesOf(nonces, lines),
        unrecorded: nonces.filter((nonce) => isAnswered(nonce) && lines.get(nonce) !== 1).length
      }
    }
  }
}

function countEach(nonces: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const nonce of nonces) counts.set(nonce, (counts.get(nonce) ?? 0) + 1)
  return counts
}

function timesOf(nonces: readonly string[], counts: ReadonlyMap<string, number>): Times {
  const found = nonces.map((nonce) => counts.get(nonce) ?? 0)
  const never = found.filter((count) => count === 0).length
  const once = found.filter((count) => count === 1).length
  return [never, once, nonces.length - never - once]
}

/** Every nonce in a text. */
export function noncesIn(text: string): readonly string[] {
  return text.match(/call-[a-z0-9]+-\d+/g) ?? []
}

/** The nonces of the recorded calls, one per line. */
export function auditedIn(files: readonly string[]): readonly string[] {
  const nonces: string[] = []
  for (const file of files.filter((each) => existsSync(each))) {
    for (const line of linesIn(file)) {
      if (!line.includes('"event":"TOOL_EXECUTE"')) continue
      const [own] = noncesIn(line)
      if (own !== undefined) nonces.push(own)
    }
  }
  return nonces
}

/** In pieces: what a long run has written is longer than a string may be. */
function* linesIn(file: string): Generator<string> {
  const fd = openSync(file, 'r')
  const piece = Buffer.alloc(8_388_608)
  let rest = ''
  for (let length = readSync(fd, piece); length > 0; length = readSync(fd, piece)) {
    const lines = (rest + piece.toString('latin1', 0, length)).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  closeSync(fd)
}
