/**
 * Characters that JSON leaves as they are and that turn or hide text in a terminal or an editor:
 * DEL and C1 controls, bidirectional marks, line separators, the zero-width no-break space.
 */
const unseen = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
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
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A number, a boolean or null as JSON; undefined for anything else. */
export function showScalar(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null'
  return value === null || typeof value === 'boolean' ? String(value) : undefined
}
