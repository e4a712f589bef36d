/** Shortens with an ellipsis and never leaves half a surrogate pair. */
function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  return `${text.slice(0, maxChars - 1).replace(/\p{Cs}$/u, '')}…`
}

/**
 * Text from outside as a model may read it: at most `maxChars`, without control and
 * invisible characters (bidi overrides and tag characters hide instructions from a reviewer).
 */
export function cleanText(text: unknown, maxChars: number): string {
  if (typeof text !== 'string') return ''
  const clean = text
    .slice(0, 4 * maxChars)
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu, '')
    .trim()
  return cutText(clean, maxChars)
}

/** The same on one line. */
export function cleanLine(text: unknown, maxChars: number): string {
  return cleanText(text, maxChars).replace(/\s+/g, ' ')
}
