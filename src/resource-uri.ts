/** Matches one resource definition; returns its variables, or undefined. */
export type UriMatcher = (uri: string) => ReadonlyMap<string, string> | undefined

const noVariables: ReadonlyMap<string, string> = new Map()

/** True when the definition's URI is a template. */
export function isTemplate(uri: string): boolean {
  return uri.includes('{')
}

/** Compiles `scheme://path/{name}`; a variable stands for one whole or partial path segment. */
export function compileUri(template: string): UriMatcher {
  if (!isTemplate(template)) return (uri) => (uri === template ? noVariables : undefined)
  const names: string[] = []
  const pattern = template
    .split(/(\{[^{}]*\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      names.push(variableName(template, part))
      return '([^/?#]+)'
    })
    .join('')
  const expression = new RegExp(`^${pattern}$`)
  return (uri) => {
    const match = expression.exec(uri)
    if (!match) return undefined
    const values = match.slice(1).map(decodeSegment)
    if (values.some((value) => value === undefined)) return undefined
    return new Map(names.map((name, index) => [name, values[index] ?? '']))
  }
}

function variableName(template: string, part: string): string {
  const name = part.slice(1, -1)
  if (!/^\w+$/.test(name)) {
    throw new Error(`resource template ${template}: only {name} variables are supported`)
  }
  return name
}

/** A decoded segment that cannot climb out of its place. */
function decodeSegment(text: string): string | undefined {
  let value: string
  try {
    value = decodeURIComponent(text)
  } catch {
    return undefined
  }
  const climbs = value === '.' || value === '..' || /[/\\\p{Cc}]/u.test(value)
  return climbs ? undefined : value
}
