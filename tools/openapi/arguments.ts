import { ConfigError } from '../../src/config-error.ts'
import type { OperationOverride } from '../../src/settings/api-settings.ts'
import { Unsupported } from '../outside/schema/schema.ts'
import { createArgumentNamer } from './names.ts'
import type { Body } from './request/body.ts'
import { flattenObject } from './request/object-shape.ts'
import type { Declared, Parameter } from './request/parameters.ts'

/** A body with the arguments it is made from. */
export type PlacedBody = Body & {
  /** The one argument that holds it; for a flat body its name in errors. */
  readonly argument: string
  /** Argument name → property, when every property is an argument of its own. */
  readonly properties?: ReadonlyMap<string, string>
}

/** One argument of the tool. */
export interface Argument {
  readonly name: string
  readonly schema: unknown
  readonly description: string
  readonly required: boolean
}

export interface Arguments {
  readonly parameters: readonly Parameter[]
  readonly body?: PlacedBody
  readonly list: readonly Argument[]
}

/**
 * Names the arguments: parameters first, then the body or its properties. Throws a ConfigError for
 * an override that does not fit.
 */
export function placeArguments(
  id: string,
  declared: readonly Declared[],
  body: Body | undefined,
  override: OperationOverride | undefined
): Arguments {
  const name = createArgumentNamer()
  const isFlat = override?.body === 'flat'
  const bodyName = body && !isFlat ? name('body', 'body') : 'body'
  const rename = createRenamer(id, override?.parameters ?? {})
  const parameters = declared.map((each) => {
    const argument = rename(name(each.name, each.location), each.name)
    return Object.freeze({ ...each, argument })
  })
  const list: Argument[] = parameters.map(({ argument, schema, description, required }) => {
    return { name: argument, schema, description, required }
  })
  const placed =
    body &&
    (isFlat
      ? placeFlat(id, body, name, rename, list)
      : placeNested(body, rename(bodyName, 'body'), list))
  rename.finish(list)
  return { parameters: Object.freeze(parameters), ...(placed && { body: placed }), list }
}

function placeNested(body: Body, argument: string, list: Argument[]): PlacedBody {
  const { schema, description, required } = body
  list.push({ name: argument, schema, description, required })
  return Object.freeze({ ...body, argument })
}

function placeFlat(
  id: string,
  body: Body,
  name: (name: string, location: string) => string,
  rename: (argument: string, wire: string) => string,
  list: Argument[]
): PlacedBody {
  const { properties, required } = shapeOf(id, body)
  const places = new Map<string, string>()
  for (const [property, schema] of properties) {
    const argument = rename(name(property, 'body'), property)
    places.set(argument, property)
    const isRequired = body.required && required.has(property)
    list.push({ name: argument, schema, description: '', required: isRequired })
  }
  return Object.freeze({ ...body, argument: 'body', properties: places })
}

function shapeOf(id: string, body: Body) {
  try {
    const shape = flattenObject(body.schema, 'its body')
    if (shape.properties.size > 0 && !shape.properties.has('__proto__')) return shape
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error
  }
  throw new ConfigError(
    `apis.operations.${id}.body: flat needs a request body that is an object with properties`
  )
}

interface Renamer {
  (argument: string, wire: string): string
  /** Throws a ConfigError for a name that nothing had, or that two arguments have now. */
  finish(list: readonly Argument[]): void
}

function createRenamer(id: string, names: Readonly<Record<string, string>>): Renamer {
  const unused = new Set(Object.keys(names))
  const setting = `apis.operations.${id}.parameters`
  const rename = (argument: string, wire: string): string => {
    const old = [argument, wire].find((each) => Object.hasOwn(names, each))
    if (old === undefined) return argument
    unused.delete(old)
    return names[old] ?? argument
  }
  const finish = (list: readonly Argument[]): void => {
    for (const old of unused) throw new ConfigError(`${setting}: there is no argument ${old}`)
    const seen = new Set<string>()
    for (const { name } of list) {
      if (!/^[a-zA-Z0-9_.-]{1,64}$/.test(name) || name === '__proto__') {
        throw new ConfigError(`${setting}: ${name} must match [a-zA-Z0-9_.-]{1,64}`)
      }
      if (seen.has(name)) throw new ConfigError(`${setting}: two arguments would be named ${name}`)
      seen.add(name)
    }
  }
  return Object.assign(rename, { finish })
}
