import { z } from 'zod'
import { defineTool, ToolError } from '../define-tool.ts'
import { isRecord } from '../json.ts'
import type { LoadedTool, Principal, ToolAnnotations, ToolDefinition } from '../types.ts'
import { createSearch, type Search } from './search.ts'

/** What a caller asked for. */
export interface Call {
  readonly name: string
  readonly args: unknown
}

/** Two tools that stand for all the others, so that a big registry costs a client little. */
export interface Discovery {
  readonly tools: readonly ToolDefinition[]
  /** The call that a call of `call_tool_by_name` stands for; any other call as it is. */
  resolve(call: Call): Call
}

const [findName, callName] = ['find_tools', 'call_tool_by_name'] as const
/** What the two are called. */
export const discoveryNames: readonly string[] = [findName, callName]

/** The tools that a principal may use; the same object for the same permissions. */
type ToolsOf = (principal: Principal) => ReadonlyMap<string, ToolDefinition>

/** Makes the face over `tools`, of which each principal finds only its own. */
export function createDiscovery(tools: readonly ToolDefinition[], toolsOf: ToolsOf): Discovery {
  const call = createCallTool(tools)
  const searches = new WeakMap<object, Search>()
  const find: ToolDefinition = createFindTools((principal) => {
    const visible = toolsOf(principal)
    const known = searches.get(visible)
    if (known) return known
    const face: readonly ToolDefinition[] = [find, call]
    const made = createSearch([...visible.values()].filter((tool) => !face.includes(tool)))
    searches.set(visible, made)
    return made
  })
  return Object.freeze({
    tools: [find, call],
    resolve({ name, args }: Call) {
      const inner = name === call.name && call.parse(args).ok && isRecord(args) ? args : undefined
      if (!inner || inner.name === call.name) return { name, args }
      return { name: String(inner.name), args: inner.arguments ?? {} }
    }
  })
}

const definition = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  inputSchema: z.record(z.string(), z.unknown()).describe('JSON Schema of its arguments'),
  annotations: z.record(z.string(), z.boolean())
})

function createFindTools(searchOf: (principal: Principal) => Search): ToolDefinition {
  return defineTool({
    name: findName,
    title: 'Find tools',
    description:
      'Searches the tools of this server by words and returns the definitions of the best matches with their input schemas. Start here, then call what you found with call_tool_by_name. Use the words of the task, such as "loan payment" or "list schedules".',
    toolset: 'discovery',
    input: z.object({
      query: z.string().min(1).max(500).describe('Words to look for in names and descriptions'),
      limit: z.int().min(1).max(20).default(5).describe('Most definitions to return')
    }),
    output: z.object({
      tools: z.array(definition).describe('The best match first'),
      total: z.int().describe('How many tools match; when too many, add words')
    }),
    run: ({ query, limit }, { principal }) => {
      const found = searchOf(principal)(query)
      return { tools: found.slice(0, limit).map(describeTool), total: found.length }
    }
  })
}

function describeTool(tool: ToolDefinition): z.input<typeof definition> {
  const { name, title, description, inputSchema, annotations } = tool
  return { name, title, description, inputSchema, annotations: { ...annotations } }
}

/** The dispatcher calls the named tool instead, so this one runs only when it is named itself. */
function createCallTool(tools: readonly ToolDefinition[]): LoadedTool {
  return defineTool({
    name: callName,
    title: 'Call a tool by name',
    description:
      'Calls a tool that find_tools returned, with the same permissions, limits and answers as if it were called itself. Give its arguments as its input schema says.',
    toolset: 'discovery',
    annotations: joinAnnotations(tools),
    // A call that cannot be resolved is recorded under this name, with arguments meant for another.
    sensitive: [...new Set(tools.flatMap(({ sensitive }) => sensitive ?? []))],
    input: z.object({
      name: z.string().describe('Name of the tool, as find_tools gave it'),
      arguments: z.record(z.string(), z.unknown()).optional().describe('Arguments of that tool')
    }),
    run: () => {
      throw new ToolError('name: call_tool_by_name cannot call itself; name another tool.')
    }
  })
}

/** What may happen, whichever tool is called. */
function joinAnnotations(tools: readonly ToolDefinition[]): ToolAnnotations {
  const all = tools.map(({ annotations }) => annotations)
  return {
    readOnlyHint: all.every(({ readOnlyHint }) => readOnlyHint),
    destructiveHint: all.some(({ destructiveHint }) => destructiveHint),
    idempotentHint: all.every(({ idempotentHint }) => idempotentHint),
    openWorldHint: all.some(({ openWorldHint }) => openWorldHint)
  }
}
