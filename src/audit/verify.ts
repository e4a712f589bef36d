import { hash } from 'node:crypto'
import { genesis, type Link, readSealed, type Seal, type Sealed } from './chain.ts'

export interface VerifyOptions {
  readonly seal: Seal
  /** A head noted elsewhere: the chain must hold this very line. */
  readonly head?: Link
}

/** Checks a chain line by line. Every answer but undefined says what is wrong, and ends the check. */
export interface Verifier {
  /** `line`: its bytes without the line break. */
  add(line: Buffer): string | undefined
  /** To be called after the last line of each file. */
  endFile(isTerminated: boolean): string | undefined
  /** To be called after the last file. */
  end(): string | undefined
  /** What is worth knowing and no fault, such as a line that a crash cut short. */
  notes(): readonly string[]
  /** The last line so far. */
  link(): Link | undefined
  lines(): number
}

/** Lines that a crash left unfinished, until the line that tells of them. */
interface Torn {
  readonly line: number
  readonly parts: readonly Buffer[]
}

/** A crash leaves one, and another one when it comes again while the first is being told of. */
const maxTorn = 4

export function createVerifier({ seal, head }: VerifyOptions): Verifier {
  const notes: string[] = []
  let link: Link | undefined
  let torn: Torn | undefined
  let line = 0
  let count = 0
  let isHeadSeen = false

  function add(bytes: Buffer): string | undefined {
    line++
    const sealed = readSealed(bytes)
    if (!sealed) return hold(bytes)
    if (seal(sealed.content) !== sealed.hash) return tellEdited(torn?.line ?? line)
    return checkTorn(sealed) ?? checkOrder(sealed) ?? checkHead(sealed) ?? accept(sealed)
  }

  function tellEdited(at: number): string {
    const orKey = !link ? ', or sealed with another key (audit.key)' : ''
    return `line ${at} was edited${orKey}`
  }

  function hold(bytes: Buffer): string | undefined {
    torn = { line: torn?.line ?? line, parts: [...(torn?.parts ?? []), Buffer.from(bytes)] }
    return torn.parts.length > maxTorn ? editedAt(torn) : undefined
  }

  function checkTorn(sealed: Sealed): string | undefined {
    if (!torn) return undefined
    const rest = Buffer.concat(
      torn.parts.flatMap((part, index) => (index ? [newline, part] : part))
    )
    const isTold = readField(sealed, 'torn') === hash('sha256', rest, 'hex')
    if (!isTold) return editedAt(torn)
    notes.push(`line ${torn.line} was cut short by a crash, as line ${line} tells`)
    torn = undefined
  }

  function checkOrder(sealed: Sealed): string | undefined {
    if (!link) return checkStart(sealed)
    const missing = sealed.seq - link.seq - 1
    if (missing > 0) return `${missing} line${missing > 1 ? 's' : ''} before line ${line} missing`
    if (missing < 0) return `line ${line} was moved or stands here twice`
    if (sealed.prevHash === link.hash) return undefined
    return `line ${line} does not follow the line before it`
  }

  function checkStart({ seq, prevHash, content }: Sealed): string | undefined {
    if (seq === 1 && prevHash === genesis.hash) return undefined
    if (!content.includes('"event":"AUDIT_CONTINUED"')) return `lines before line ${line} missing`
    notes.push(`line ${line} goes on from an older file, which was not given`)
    return undefined
  }

  function checkHead({ seq, hash: own }: Sealed): string | undefined {
    if (seq !== head?.seq) return undefined
    isHeadSeen = true
    return own === head.hash ? undefined : `line ${line} is not the one that was noted`
  }

  function accept(sealed: Sealed): undefined {
    const lost = readField(sealed, 'dropped')
    if (lost !== undefined) notes.push(`before line ${line}, ${lost} could not be written`)
    link = { seq: sealed.seq, hash: sealed.hash }
    count++
  }

  return Object.freeze({
    add,
    endFile(isTerminated: boolean) {
      const left = torn
      line = 0
      torn = undefined
      if (!left) return undefined
      if (isTerminated) return editedAt(left)
      return `line ${left.line} is cut short: the writer was interrupted; those before it are whole`
    },
    end() {
      if (!head || isHeadSeen) return undefined
      const last = link?.seq ?? 0
      return head.seq > last
        ? `the tail is cut off: the last line is number ${last}, noted was ${head.seq}`
        : `number ${head.seq}, which was noted, is not among these lines`
    },
    notes: () => notes,
    link: () => link,
    lines: () => count
  })
}

const newline = Buffer.from('\n')

function editedAt({ line }: Torn): string {
  return `line ${line} was edited`
}

/** A field of a line that only AUDIT_RESUMED has. */
function readField({ content }: Sealed, name: 'torn' | 'dropped'): string | undefined {
  if (!content.includes('"event":"AUDIT_RESUMED"')) return undefined
  return new RegExp(`,"${name}":"?([\\da-f]+)`).exec(content.toString('latin1'))?.[1]
}
