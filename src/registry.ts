import { createHash } from 'node:crypto'
import { ConfigError } from './config-error.ts'
import { type Call, createDiscovery } from './discovery.ts'
import { compileUri, isTemplate, type UriMatcher } from './resource-uri.ts'
import type {
  Principal,
  PromptDefinition,
  ResourceDefinition,
  Source,
  ToolDefinition
} from './types.ts'
import { compileScopeCheck, compileToolCheck, visibilityKey } from './visibility.ts'

type WireItem = Readonly<Record<string, unknown>>

/** What one set of callers sees: definitions to use, and their lists as they go on the wire. */
export interface View {
  readonly tools: ReadonlyMap<string, ToolDefinition>
  /** The tools that lists show: all of them, or those of discovery. */
  readonly listed: ReadonlyMap<string, ToolDefinition>
  readonly prompts: ReadonlyMap<string, PromptDefinition>
  readonly resources: ReadonlyMap<string, ResourceDefinition>
  readonly toolList: readonly WireItem[]
  readonly promptList: readonly WireItem[]
  readonly resourceList: readonly WireItem[]
  readonly templateList: readonly WireItem[]
}

export interface FoundResource {
  readonly definition: ResourceDefinition
  readonly variables: ReadonlyMap<string, string>
}

/** Everything that is served, in a fixed order, and who sees what of it. */
export interface Registry {
  readonly tools: ReadonlyMap<string, ToolDefinition>
  readonly prompts: ReadonlyMap<string, PromptDefinition>
  readonly resources: ReadonlyMap<string, ResourceDefinition>
  findResource(uri: string): FoundResource | undefined
  /** The call to dispatch: with discovery, what a call of `call_tool_by_name` stands for. */
  resolveCall(call: Call): Call
  /** The view of a principal; made once per set of permissions. */
  view(principal: Principal): View
}

const toolName = /^[a-zA-Z0-9_-]{1,64}$/
/** Views of tokens with claims of their own are many; beyond this the oldest is made anew. */
const maxViews = 1000

/**
 * Collects sources into a registry. With discovery, lists show two tools that find and call the
 * others. Throws on a bad or repeated name.
 */
export function createRegistry(
  sources: readonly Source[],
  { discovery: isDiscovery = false }: { readonly discovery?: boolean } = {}
): Registry {
  const provided = sources.flatMap((source) => source.tools)
  const discovery = isDiscovery
    ? createDiscovery(provided, (principal) => view(principal).tools)
    : undefined
  const tools = index(
    giveUniqueNames([...(discovery?.tools ?? []), ...provided]),
    (tool) => tool.name,
    'tool'
  )
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
  const matchers = [...resources.values()].map((definition): [ResourceDefinition, UriMatcher] => [
    definition,
    compileUri(definition.uri)
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

/** A clash never stops the start: whoever comes second gets a suffix that stays the same. */
function giveUniqueNames(tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
  const taken = new Set<string>()
  return tools.map((tool) => {
    if (!toolName.test(tool.name)) {
      throw new ConfigError(`tool ${tool.name}: the name must match ${toolName}`)
    }
    let { name } = tool
    for (let round = 1; taken.has(name); round++) {
      const text = `${tool.toolset} ${tool.name} ${round}`
      const suffix = createHash('sha256').update(text).digest('hex').slice(0, 6)
      name = `${tool.name.slice(0, 57)}_${suffix}`
    }
    taken.add(name)
    return name === tool.name ? tool : { ...tool, name }
  })
}

function index<T>(items: readonly T[], nameOf: (item: T) => string, kind: string): Map<string, T> {
  const map = new Map<string, T>()
  for (const item of [...items].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    if (map.has(nameOf(item))) throw new ConfigError(`${kind} ${nameOf(item)} is defined twice`)
    map.set(nameOf(item), item)
  }
  return map
}

function createView(
  all: Pick<Registry, 'tools' | 'prompts' | 'resources'>,
  principal: Principal,
  face: readonly ToolDefinition[]
): View {
  const seesTool = compileToolCheck(principal)
  const holdsScopes = compileScopeCheck(principal)
  // Everybody may search and call by name; what is found and called is checked by itself.
  const tools = keep(all.tools, (tool) => face.includes(tool) || seesTool(tool))
  const listedTools = face.length > 0 ? keep(tools, (tool) => face.includes(tool)) : tools
  const prompts = keep(all.prompts, holdsScopes)
  const resources = keep(all.resources, holdsScopes)
  const listed = [...resources.values()]
  return Object.freeze({
    tools,
    listed: listedTools,
    prompts,
    resources,
    toolList: [...listedTools.values()].map(toWireTool),
    promptList: [...prompts.values()].map(toWirePrompt),
    resourceList: listed.filter(({ uri }) => !isTemplate(uri)).map(toWireResource),
    templateList: listed.filter(({ uri }) => isTemplate(uri)).map(toWireTemplate)
  })
}

function keep<T>(map: ReadonlyMap<string, T>, test: (item: T) => boolean): Map<string, T> {
  return new Map([...map].filter(([, item]) => test(item)))
}

function toWireTool(tool: ToolDefinition): WireItem {
  const { name, title, description, inputSchema, outputSchema, annotations } = tool
  return Object.freeze({
    name,
    title,
    description,
    inputSchema,
    ...(outputSchema && { outputSchema }),
    annotations: { title, ...annotations }
  })
}

function toWirePrompt(prompt: PromptDefinition): WireItem {
  const { name, title, description } = prompt
  const args = prompt.arguments.map(({ complete: _, ...argument }) => argument)
  return Object.freeze({ name, title, description, arguments: args })
}

function toWireResource(resource: ResourceDefinition): WireItem {
  const { uri, name, title, description, mimeType } = resource
  return Object.freeze({ uri, name, title, description, mimeType })
}

function toWireTemplate(resource: ResourceDefinition): WireItem {
  const { uri: uriTemplate, name, title, description, mimeType } = resource
  return Object.freeze({ uriTemplate, name, title, description, mimeType })
}
