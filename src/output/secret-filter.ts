import { quote } from '../json-text.ts'
import { censored } from '../redact.ts'

/**
 * The second line of defence: knows the process's own secrets, and censors them in finished text,
 * in whatever usual encoding. The first line keeps them out; a hit here is a fault of it.
 */
export interface SecretFilter {
  add(secrets: readonly string[]): void
  clean(text: string): string
  /** How often something was found. */
  hits(): number
}

/** Shorter ones would be found in ordinary words. */
const minLength = 8

export function createSecretFilter(secrets: readonly string[] = []): SecretFilter {
  const needles = new Set<string>()
  let pattern: RegExp | undefined
  let hits = 0

  function add(more: readonly string[]): void {
    for (const secret of more) {
      if (secret.length >= minLength) for (const form of encode(secret)) needles.add(form)
    }
    // Longest first: what remains of a shorter match must not show.
    const sorted = [...needles].toSorted((one, other) => other.length - one.length)
    const source = sorted.map((form) => form.replace(/[^\w]/g, '\\$&')).join('|')
    pattern = source === '' ? undefined : new RegExp(source, 'g')
  }

  add(secrets)
  return Object.freeze({
    add,
    clean(text: string) {
      if (!pattern) return text
      return text.replace(pattern, () => {
        hits++
        return censored
      })
    },
    hits: () => hits
  })
}

/** Raw, JSON-escaped once and twice, percent, base64 and base64url at three offsets, hex. */
function encode(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const hex = bytes.toString('hex')
  const once = escapeAsJson(secret)
  const percent = encodeURIComponent(bytes.toString())
  const forms = [
    secret,
    ...once,
    ...once.flatMap(escapeAsJson),
    percent,
    percent.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase()),
    bytes.reduce((text, byte) => `${text}%${byte.toString(16).padStart(2, '0')}`, ''),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((offset) => {
      const base64 = encodeAt(bytes, offset)
      return [base64, base64.replaceAll('+', '-').replaceAll('/', '_')]
    })
  ]
  // A form that is cut short at both ends may be too short to tell anything.
  return forms.filter((form) => form.length >= minLength)
}

/** As we write a text in JSON, and as everybody else does. */
function escapeAsJson(text: string): readonly string[] {
  return [quote(text), JSON.stringify(text)].map((json) => json.slice(1, -1))
}

/** Base64 of the secret behind `offset` other bytes, without the characters that those decide. */
function encodeAt(bytes: Buffer, offset: number): string {
  const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
  const whole = Math.floor((shifted.length * 8) / 6)
  const first = Math.ceil((offset * 8) / 6)
  return shifted.toString('base64').slice(first, whole)
}
