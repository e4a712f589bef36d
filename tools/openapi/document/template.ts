import { Unsupported } from '../../outside/schema/schema.ts'
import { cleanLine } from '../../outside/text.ts'
import type { Declared } from '../request/parameters.ts'

/** One segment of a path template: literal text and path parameters, by their wire name. */
export type Segment = readonly (string | { readonly name: string })[]

/** Reads a path template. Throws Unsupported when it and the declared parameters disagree. */
export function parseTemplate(path: string, parameters: readonly Declared[]): readonly Segment[] {
  const declared = new Set(
    parameters.filter(({ location }) => location === 'path').map(({ name }) => name)
  )
  const used = new Set<string>()
  const segments = path
    .slice(1)
    .split('/')
    .map((text) => parseSegment(text, declared, used))
  for (const name of declared) {
    if (!used.has(name))
      throw new Unsupported(`its path does not use the parameter "${cleanLine(name, 64)}".`)
  }
  return Object.freeze(segments)
}

function parseSegment(text: string, declared: ReadonlySet<string>, used: Set<string>): Segment {
  // What URL parsing would fold or rewrite (WHATWG URL, section 4.4) has no exact meaning.
  if (/^(?:\.|%2e){1,2}$/i.test(text)) throw new Unsupported('its path has a dot segment.')
  const parts = text.split(/\{([^{}]*)\}/).map((part, index) => {
    if (index % 2 === 0) return checkLiteral(part)
    if (!declared.has(part)) {
      throw new Unsupported(`its path parameter "${cleanLine(part, 64)}" is not declared.`)
    }
    used.add(part)
    return Object.freeze({ name: part })
  })
  return Object.freeze(parts.filter((part, index) => part !== '' || index % 2 === 1))
}

/** RFC 3986, section 3.3: the characters of a path segment. */
function checkLiteral(text: string): string {
  if (/^(?:[\w.~!$&'()*+,;=:@-]|%[\dA-Fa-f]{2})*$/.test(text)) return text
  throw new Unsupported('its path holds characters that a URL path cannot hold.')
}
