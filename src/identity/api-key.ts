import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const checksumLength = 6
/** 43 characters of 62 hold 256 bits. */
const secretLength = 43
const keyLength = 'pcl_'.length + secretLength + checksumLength
const keyShape = /^pcl_[0-9A-Za-z]{49}$/

/** A fresh 256-bit key: `pcl_`, 43 characters of base 62, 6 of checksum. */
export function generateKey(): string {
  let rest = BigInt(`0x${randomBytes(32).toString('hex')}`)
  let secret = ''
  for (let length = 0; length < secretLength; length++) {
    secret = alphabet[Number(rest % 62n)] + secret
    rest /= 62n
  }
  return sealKey(secret)
}

/** The key with this secret part. */
export function sealKey(secret: string): string {
  const body = `pcl_${secret}`
  return body + checksumOf(body)
}

/**
 * True for a text that looks like one of our keys and has a wrong checksum: it was mistyped. Asked
 * at the start and by scanners, not per request: the checksum takes longer than the whole lookup.
 */
export function isMistypedKey(text: string): boolean {
  if (text.length !== keyLength || !keyShape.test(text)) return false
  return checksumOf(text.slice(0, -checksumLength)) !== text.slice(-checksumLength)
}

/** CRC-32 in base 62. It tells typing errors; it is no secret. */
function checksumOf(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let length = 0; length < checksumLength; length++) {
    text = alphabet[rest % 62] + text
    rest = Math.floor(rest / 62)
  }
  return text
}
