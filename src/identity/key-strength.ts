import { isMistypedKey } from './api-key.ts'

/** 32 characters of base64 are 192 bits; fewer can hardly have been random enough. */
const minLength = 32
/** What must be left once words that people put into templates are gone. */
const minOther = 16
const minDistinct = 8

/** Words of templates, wherever they stand. */
const longWords =
  /change|replace|placeholder|password|passwd|passphrase|secret|example|sample|default|dummy|insert|generate|production|development|staging|random|string|character|bearer|token|server|super|client|portcullis|admin|test|your|here|please|todo/g
/** Too short to be looked for within a word. */
const shortWords = new Set(
  (
    'a an and api auth at be dev for in is it key keys least long mcp me must my not of or own ' +
    'prod the this to use value very with'
  ).split(' ')
)

/** Why a key should not be trusted, in a few words without the key; undefined when nothing is odd. */
export function findWeakness(key: string): string | undefined {
  if (isMistypedKey(key)) return 'begins like a key of this server, but its checksum is wrong'
  if (key.length < minLength) return `is shorter than ${minLength} characters`
  if (isRepetition(key) || isSequence(key)) return 'is a repeated or counted-up text'
  const other = stripWords(key)
  if (other.length < minOther || new Set(other).size < minDistinct) return 'is a placeholder'
  return undefined
}

function stripWords(key: string): string {
  return key
    .toLowerCase()
    .replace(longWords, ' ')
    .split(/[^a-z0-9]+/)
    .filter((word) => !shortWords.has(word))
    .join('')
}

/** `abcabcab`: the whole text is one unit again and again. */
function isRepetition(key: string): boolean {
  const maxUnit = Math.min(16, Math.floor(key.length / 2))
  for (let unit = 1; unit <= maxUnit; unit++) {
    if (key.startsWith(key.slice(unit))) return true
  }
  return false
}

/** More than half of the characters are the successor of the one before. */
function isSequence(key: string): boolean {
  let steps = 0
  for (let index = 1; index < key.length; index++) {
    if (key.charCodeAt(index) === key.charCodeAt(index - 1) + 1) steps++
  }
  return steps * 2 > key.length
}
