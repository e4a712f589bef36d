import { hash } from 'node:crypto'
import { ConfigError } from '../config-error.ts'
import type { Source } from '../source.ts'
import type { ToolDefinition } from '../types.ts'
import { discoveryNames } from './discovery.ts'

/** A tool under the name that clients see, and who defines it; undefined: this program. */
export interface NamedTool {
  readonly tool: ToolDefinition
  readonly definedBy: string | undefined
}

const toolName = /^[a-zA-Z0-9_-]+$/
const maxNameChars = 64

/**
 * Gives every tool a name of its own. Neither a clash nor an overlong name stops the start: whoever
 * comes second, or has more than 64 characters, gets a suffix that stays the same. Throws a
 * ConfigError for a name that clients do not take.
 */
export function giveUniqueNames(
  sources: readonly Source[],
  isDiscovery: boolean
): readonly NamedTool[] {
  const taken = new Set(isDiscovery ? discoveryNames : [])
  return sources.flatMap(({ tools, definedBy }) =>
    tools.map((tool) => {
      const name = chooseName(tool, taken)
      taken.add(name)
      return { tool: name === tool.name ? tool : { ...tool, name }, definedBy }
    })
  )
}

function chooseName(tool: ToolDefinition, taken: ReadonlySet<string>): string {
  if (!toolName.test(tool.name)) {
    throw new ConfigError(`tool ${tool.name}: the name must match ${toolName}`)
  }
  let { name } = tool
  for (let round = 1; name.length > maxNameChars || taken.has(name); round++) {
    const text = `${tool.toolset} ${tool.name} ${round}`
    const suffix = hash('sha256', text).slice(0, 6)
    name = `${tool.name.slice(0, 57)}_${suffix}`
  }
  return name
}
