import { createHmac, createSecretKey, hash } from 'node:crypto'

/** The end of a chain so far: the number and the hash of its last line. */
export interface Link {
  readonly seq: number
  readonly hash: string
}

/** Before the first line. */
export const genesis: Link = Object.freeze({ seq: 0, hash: '0'.repeat(64) })

/**
 * Makes the hash of a line from all of it before `,"hash":`, where `prevHash` is the last field.
 * With a key HMAC-SHA-256 (RFC 2104), so that an editor cannot make it again; else SHA-256. In hex.
 */
export type Seal = (line: string | Uint8Array) => string

export function createSeal(key: string | undefined): Seal {
  if (key === undefined) return (line) => hash('sha256', line, 'hex')
  const secret = createSecretKey(Buffer.from(key))
  return (line) => createHmac('sha256', secret).update(line).digest('hex')
}

/** One line of a chain, taken apart. */
export interface Sealed extends Link {
  readonly prevHash: string
  /** What the hash is over. */
  readonly content: Buffer
}

const start = /^\{"ts":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","seq":([1-9]\d{0,15}),"event":"/
const maxStartLength = 80
/** Such as `,"prevHash":"…","hash":"…"}`. */
const end = /^,"prevHash":"([\da-f]{64})","hash":"([\da-f]{64})"\}$/
const endLength = 153
const hashLength = 75

/**
 * Takes a line apart, without its line break; undefined when it does not have the shape of one.
 * Bytes, since different bytes can decode to the same text.
 */
export function readSealed(line: Buffer): Sealed | undefined {
  const seq = start.exec(line.toString('latin1', 0, maxStartLength))?.[1]
  const tail = end.exec(line.toString('latin1', Math.max(0, line.length - endLength)))
  if (seq === undefined || tail?.[1] === undefined || tail[2] === undefined) return undefined
  const content = line.subarray(0, line.length - hashLength)
  return { seq: Number(seq), prevHash: tail[1], hash: tail[2], content }
}

/** Where a chain stands after a line; undefined when the line is not whole or was changed. */
export function readLink(line: Buffer, seal: Seal): Link | undefined {
  const sealed = readSealed(line)
  if (!sealed || seal(sealed.content) !== sealed.hash) return undefined
  return { seq: sealed.seq, hash: sealed.hash }
}
