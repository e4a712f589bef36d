const maxPatternChars = 256
const maxAlternatives = 32

/**
 * Longest text tried, by number of choices in the pattern: the work grows with the power
 * (choices + 1) of the length, and this keeps it under some 20 ms.
 */
const maxTextChars = [4_096, 4_096, 256, 64] as const

/**
 * True for a pattern that cannot hang the process (ReDoS): short, at most three choices, no
 * repeated group, back reference or lookaround. Patterns come from untrusted documents.
 */
export function isSafePattern(pattern: unknown): pattern is string {
  if (typeof pattern !== 'string' || pattern.length > maxPatternChars) return false
  if (/\\[1-9k]/.test(pattern)) return false
  const bare = withoutLiterals(pattern)
  if (/\)[*+?{]/.test(bare) || bare.includes('(?')) return false
  return countChoices(bare) < maxTextChars.length && isRegExp(pattern)
}

/** The engine for ajv's `code.regExp`: texts too long for the pattern are left to the API to judge. */
export function createMatcher(pattern: string, flags: string): { test(text: string): boolean } {
  const expression = new RegExp(pattern, flags)
  const maxChars = maxTextChars[countChoices(withoutLiterals(pattern))] ?? 0
  return {
    test: (text) => text.length > maxChars || expression.test(text),
    // ajv keys its compiled patterns by this text: without it all patterns would be the first one.
    toString: () => expression.toString()
  } as { test(text: string): boolean }
}

function withoutLiterals(pattern: string): string {
  return pattern
    .replace(/\\./gs, 'e')
    .replace(/\[[^\]]*\]/g, 'c')
    .replaceAll('(?:', '(')
}

/** Repetitions and options; `a?a?a?…` and `(a|a)(a|a)…` double the work with every one. */
function countChoices(bare: string): number {
  const repetitions = bare.match(/[*+?]|\{\d+,\d*\}/g)?.length ?? 0
  const alternatives = bare.split('|').length - 1
  if (alternatives === 0) return repetitions
  // Within one group alternatives add up, across groups they multiply.
  const isOneGroup = bare.split('(').length <= 2 && alternatives <= maxAlternatives
  return isOneGroup ? repetitions + 1 : Number.POSITIVE_INFINITY
}

function isRegExp(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp
  } catch {
    return false
  }
}
