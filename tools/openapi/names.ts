import { hash } from 'node:crypto'

const maxNameChars = 64
const hashChars = 6

/** Hands out tool names; each call gives a name that no earlier call got. */
export type NameGiver = (id: string, method: string, path: string) => string

/**
 * Names are snake_case and at most 64 characters. A clash or an overlong name gets a hash of
 * method and path as suffix, so that it stays the same when the document is reordered around it.
 * `reserved` names are given to nobody.
 */
export function createNameGiver(reserved: Iterable<string> = []): NameGiver {
  const taken = new Set<string>(reserved)
  return (id, method, path) => {
    const wanted = toSnakeCase(id) || toSnakeCase(`${method} ${path}`) || 'operation'
    const name =
      wanted.length > maxNameChars || taken.has(wanted)
        ? addHash(wanted, `${method} ${path}`, taken)
        : wanted
    taken.add(name)
    return name
  }
}

function addHash(wanted: string, identity: string, taken: ReadonlySet<string>): string {
  for (let round = 0; ; round++) {
    const suffix = suffixOf(`${identity} ${round || ''}`)
    const stem = wanted.slice(0, maxNameChars - hashChars - 1).replace(/_+$/, '')
    const name = `${stem}_${suffix}`
    if (!taken.has(name)) return name
  }
}

/** `listHTTPServers` becomes `list_http_servers`; whatever is not a letter or digit separates. */
function toSnakeCase(id: string): string {
  return id
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
}

/**
 * Hands out argument names, which model APIs want as `[a-zA-Z0-9_.-]{1,64}`: `filter[name]` becomes
 * `filter_name`. A name that is taken gets its location in front.
 */
export function createArgumentNamer(): (name: string, location: string) => string {
  const taken = new Set<string>()
  return (name, location) => {
    let argument = toArgumentName(name, location)
    while (taken.has(argument)) argument = toArgumentName(`${location}_${argument}`, location)
    taken.add(argument)
    return argument
  }
}

const argumentName = /^[a-zA-Z0-9_.-]{1,64}$/

function toArgumentName(name: string, location: string): string {
  if (argumentName.test(name)) return name
  const spelled = name.replace(/[^a-zA-Z0-9_.-]+/g, '_').replace(/^_+|_+$/g, '')
  if (argumentName.test(spelled)) return spelled
  return `${spelled.slice(0, maxNameChars - hashChars - 1) || location}_${suffixOf(name)}`
}

function suffixOf(identity: string): string {
  return hash('sha256', identity, 'hex').slice(0, hashChars)
}
