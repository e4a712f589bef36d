import { compileScopeCheck, compileToolCheck } from '../identity/visibility.ts'
import type { ListKind } from '../listings.ts'
import type { ShownTool } from '../lock/pinned-tool.ts'
import type { PromptDefinition } from '../prompt.ts'
import { isTemplate } from '../resource-uri.ts'
import type { Principal, ResourceDefinition, ToolDefinition } from '../types.ts'

/** An entry of a list, as it goes on the wire. */
export type WireItem = Readonly<Record<string, unknown>>

/** What one set of callers sees: definitions to use, and their lists as they go on the wire. */
export interface View {
  readonly tools: ReadonlyMap<string, ToolDefinition>
  /** The tools that lists show: all of them, or those of discovery. */
  readonly listed: ReadonlyMap<string, ToolDefinition>
  readonly prompts: ReadonlyMap<string, PromptDefinition>
  readonly resources: ReadonlyMap<string, ResourceDefinition>
  readonly lists: Readonly<Record<ListKind, readonly WireItem[]>>
}

/** Everything that is served, by name. */
export interface Offered {
  readonly tools: ReadonlyMap<string, ToolDefinition>
  readonly prompts: ReadonlyMap<string, PromptDefinition>
  readonly resources: ReadonlyMap<string, ResourceDefinition>
}

/** What a principal sees of it. With a `face`, lists show that alone. */
export function createView(
  all: Offered,
  principal: Principal,
  face: readonly ToolDefinition[]
): View {
  const seesTool = compileToolCheck(principal)
  const holdsScopes = compileScopeCheck(principal)
  // Everybody may search and call by name; what is found and called is checked by itself.
  const tools = keep(all.tools, (tool) => face.includes(tool) || seesTool(tool))
  const listed = face.length > 0 ? keep(tools, (tool) => face.includes(tool)) : tools
  const prompts = keep(all.prompts, holdsScopes)
  const resources = keep(all.resources, holdsScopes)
  const visible = [...resources.values()]
  return Object.freeze({
    tools,
    listed,
    prompts,
    resources,
    lists: Object.freeze({
      tools: [...listed.values()].map(toWireTool),
      prompts: [...prompts.values()].map(toWirePrompt),
      resources: visible.filter(({ uri }) => !isTemplate(uri)).map(toWireResource),
      resourceTemplates: visible.filter(({ uri }) => isTemplate(uri)).map(toWireTemplate)
    })
  })
}

function keep<T>(map: ReadonlyMap<string, T>, test: (item: T) => boolean): Map<string, T> {
  return new Map([...map].filter(([, item]) => test(item)))
}

/** A tool as lists show it. */
export function toWireTool(tool: ToolDefinition): ShownTool {
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
  return Object.freeze({ uri, name, title, description, ...(mimeType && { mimeType }) })
}

function toWireTemplate(resource: ResourceDefinition): WireItem {
  const { uri: uriTemplate, name, title, description, mimeType } = resource
  return Object.freeze({ uriTemplate, name, title, description, ...(mimeType && { mimeType }) })
}
