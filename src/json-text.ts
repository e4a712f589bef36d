/**
 * Characters that JSON leaves as they are and that turn, hide or pass for other text in a terminal or
 * an editor: DEL and C1 controls, bidirectional marks, separators and spaces of other widths, and
 * whatever is not drawn at all, such as tags, in which whole sentences can hide.
 */
const unseen =
  /[\u007f-\u00a0\u1680\u2000-\u200a\u202f\u205f\p{Zl}\p{Zp}\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}]/gu
const plain = /^[ !#-[\]-~]*$/

/** A text as JSON, in one line of visible characters. */
export function quote(text: string): string {
  return plain.test(text) ? `"${text}"` : showUnseen(JSON.stringify(text))
}

/** JSON with such characters by their numbers; outside its texts there are none. */
export function showUnseen(json: string): string {
  return json.replace(unseen, toNumber)
}

function toNumber(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

/** A number, a boolean or null as JSON; undefined for anything else. */
export function showScalar(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null'
  return value === null || typeof value === 'boolean' ? String(value) : undefined
}

/**
 * JSON in the one form of RFC 8785 (keys in the order of their UTF-16 units, no spaces), so that
 * equal values have equal texts. A lone surrogate, which the RFC refuses, is shown by its number.
 */
export function canonicalize(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalize).join()}]`
  if (typeof value !== 'object' || value === null) {
    return showScalar(value) ?? JSON.stringify(value) ?? 'null'
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalize(member)}`).join()}}`
}
