import { isDeepStrictEqual } from 'node:util'
import { type Call, createDiscovery } from './catalogue/discovery.ts'
import { giveUniqueNames } from './catalogue/tool-names.ts'
import { createView, type Offered, type View } from './catalogue/view.ts'
import type { Changes } from './changes.ts'
import { ConfigError } from './config-error.ts'
import { visibilityKey } from './identity/visibility.ts'
import type { Quarantine } from './lock/quarantine.ts'
import { compileUri, isTemplate, type UriMatcher } from './resource-uri.ts'
import type { Source } from './source.ts'
import type { Principal, ResourceDefinition } from './types.ts'

export interface FoundResource {
  readonly definition: ResourceDefinition
  readonly variables: ReadonlyMap<string, string>
}

/** Everything that is served, in a fixed order, and who sees what of it. */
export interface Registry extends Offered {
  findResource(uri: string): FoundResource | undefined
  /** The call to dispatch: with discovery, what a call of `call_tool_by_name` stands for. */
  resolveCall(call: Call): Call
  /** The view of a principal; made once per set of permissions, until something changes. */
  view(principal: Principal): View
}

export interface RegistryOptions {
  /** Lists show two tools that find and call the others. */
  readonly discovery?: boolean
  /** Told of the lists that changed, after they did. */
  readonly changes?: Changes
  /** Decides, under the names that clients see, which tools are there at all. */
  readonly quarantine?: Quarantine
}

/** Views of tokens with claims of their own are many; beyond this the oldest is made anew. */
const maxViews = 1000

/**
 * Collects sources into a registry and follows their changes: each answer is from one snapshot, which
 * the next replaces as a whole. Throws on a bad or repeated name.
 */
export function createRegistry(
  sources: readonly Source[],
  options: RegistryOptions = {}
): Registry {
  const { changes, quarantine } = options
  let current = takeSnapshot(sources, options)
  function follow(updated?: string): void {
    if (updated !== undefined) return changes?.publish({ kind: 'resource', uri: updated })
    const former = current
    current = takeSnapshot(sources, options)
    for (const kind of ['tools', 'prompts', 'resources'] as const) {
      if (!isSameList(former[kind], current[kind])) changes?.publish({ kind })
    }
  }
  for (const changing of [...sources, quarantine]) changing?.subscribe?.(follow)
  return Object.freeze({
    get tools() {
      return current.tools
    },
    get prompts() {
      return current.prompts
    },
    get resources() {
      return current.resources
    },
    findResource: (uri) => current.findResource(uri),
    resolveCall: (call) => current.resolveCall(call),
    view: (principal) => current.view(principal)
  } satisfies Registry)
}

/** Functions are left out: a source may make them anew each time. */
function isSameList(one: ReadonlyMap<string, object>, other: ReadonlyMap<string, object>): boolean {
  if (one.size !== other.size) return false
  for (const [name, item] of one) {
    const twin = other.get(name)
    if (item !== twin && !(twin && isDeepStrictEqual(withoutCode(item), withoutCode(twin)))) {
      return false
    }
  }
  return true
}

function withoutCode(item: object): object {
  return Object.entries(item).filter(([, value]) => typeof value !== 'function')
}

function takeSnapshot(
  sources: readonly Source[],
  { discovery: isDiscovery = false, quarantine }: RegistryOptions
): Registry {
  // What is withheld keeps its name: no other tool may take its place.
  const named = giveUniqueNames(sources, isDiscovery)
  const provided = quarantine?.admit(named) ?? named.map(({ tool }) => tool)
  const discovery = isDiscovery
    ? createDiscovery(provided, (principal) => view(principal).tools)
    : undefined
  const tools = index([...(discovery?.tools ?? []), ...provided], (tool) => tool.name, 'tool')
  const prompts = index(
    sources.flatMap((source) => source.prompts ?? []),
    (prompt) => prompt.name,
    'prompt'
  )
  const resources = index(
    sources.flatMap((source) => source.resources ?? []),
    (resource) => resource.uri,
    'resource'
  )
  const matchers = [...resources.values()]
    .filter(({ uri }) => isTemplate(uri))
    .map((definition): [ResourceDefinition, UriMatcher] => [
      definition,
      definition.match ?? compileUri(definition.uri)
    ])
  const view = rememberViews((principal) =>
    createView({ tools, prompts, resources }, principal, discovery?.tools ?? [])
  )

  return Object.freeze({
    tools,
    prompts,
    resources,
    view,
    resolveCall: discovery?.resolve ?? ((call: Call) => call),
    findResource(uri: string) {
      const exact = resources.get(uri)
      if (exact && !isTemplate(uri)) return { definition: exact, variables: new Map() }
      for (const [definition, match] of matchers) {
        const variables = match(uri)
        if (variables) return { definition, variables }
      }
      return undefined
    }
  })
}

function rememberViews(create: (principal: Principal) => View): Registry['view'] {
  const views = new Map<string, View>()
  return (principal) => {
    const key = visibilityKey(principal)
    const known = views.get(key)
    if (known) return known
    const made = create(principal)
    const [oldest] = views.keys()
    if (views.size >= maxViews && oldest !== undefined) views.delete(oldest)
    views.set(key, made)
    return made
  }
}

function index<T>(items: readonly T[], nameOf: (item: T) => string, kind: string): Map<string, T> {
  const map = new Map<string, T>()
  for (const item of [...items].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    if (map.has(nameOf(item))) throw new ConfigError(`${kind} ${nameOf(item)} is defined twice`)
    map.set(nameOf(item), item)
  }
  return map
}
