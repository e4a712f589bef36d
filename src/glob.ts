/** Compiles a glob in which `*` matches any run of characters; everything else is literal. */
export function compileGlob(glob: string): (text: string) => boolean {
  const parts = glob.split('*')
  const [first = ''] = parts
  const last = parts.at(-1) ?? ''
  if (parts.length === 1) return (text) => text === glob
  const middle = parts.slice(1, -1)
  // Greedy left-to-right search is linear; a regular expression from a glob is not.
  return (text) => {
    if (!text.startsWith(first) || text.length < first.length + last.length) return false
    let position = first.length
    const end = text.length - last.length
    for (const part of middle) {
      const found = text.indexOf(part, position)
      if (found === -1 || found + part.length > end) return false
      position = found + part.length
    }
    return text.endsWith(last)
  }
}

/** True when any of the globs matches. */
export function compileGlobs(globs: readonly string[]): (text: string) => boolean {
  const matchers = globs.map(compileGlob)
  return (text) => matchers.some((matches) => matches(text))
}
