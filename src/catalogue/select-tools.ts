import { ConfigError } from '../config-error.ts'
import { compileGlob, compileGlobs } from '../glob.ts'
import type { Source } from '../source.ts'
import type { ToolDefinition } from '../types.ts'
import { narrowSource } from './narrow-source.ts'
import { hintAt } from './nearest.ts'

export interface Selection {
  /** Undefined: what is served by default. */
  readonly toolsets?: readonly string[]
  readonly tools?: readonly string[]
  readonly excludeTools: readonly string[]
}

/** What is served by default of the source that has it; of any other source, everything. */
const coreToolset = 'finance.core'

/**
 * Narrows sources to the chosen tools: exclude wins over tools, tools over toolsets. Throws a
 * ConfigError that names the nearest match of a name that nothing has.
 */
export function selectTools(sources: readonly Source[], selection: Selection): readonly Source[] {
  const all = sources.flatMap(({ tools }) => tools)
  const named = new Map(sources.flatMap(({ toolsets }) => [...(toolsets ?? [])]))
  const { toolsets, tools, excludeTools } = selection
  for (const toolset of toolsets ?? []) requireToolset(toolset, all, named)
  const comesLater = compileLater(sources)
  for (const glob of [...(tools ?? []), ...excludeTools]) {
    if (!comesLater(glob)) requireTool(glob, all)
  }

  const isExcluded = compileGlobs(excludeTools)
  const isNamed = compileGlobs(tools ?? [])
  const isInToolset = toolsets || tools ? compileToolsets(toolsets ?? [], named) : undefined
  return sources.map((source) => {
    const isChosen = isInToolset ?? compileDefault(source)
    return narrowSource(
      source,
      (tool) => !isExcluded(tool.name) && (isNamed(tool.name) || isChosen(tool))
    )
  })
}

type IsChosen = (tool: ToolDefinition) => boolean

function compileDefault({ toolsets }: Source): IsChosen {
  const core = toolsets?.get(coreToolset)
  return ({ name }) => !core || core.includes(name)
}

type NamedToolsets = ReadonlyMap<string, readonly string[]>

function compileToolsets(toolsets: readonly string[], named: NamedToolsets): IsChosen {
  const names = new Set(toolsets.flatMap((toolset) => named.get(toolset) ?? []))
  return ({ name, toolset }) =>
    toolsets.includes('all') ||
    names.has(name) ||
    toolsets.some((wanted) => isWithin(toolset, wanted))
}

/** `finance` holds `finance.tvm`. */
function isWithin(toolset: string, parent: string): boolean {
  return toolset === parent || toolset.startsWith(`${parent}.`)
}

function requireToolset(
  toolset: string,
  all: readonly ToolDefinition[],
  named: NamedToolsets
): void {
  const parents = (name: string): string[] =>
    name.split('.').map((_, index, parts) => parts.slice(0, index + 1).join('.'))
  const known = new Set(['all', ...named.keys(), ...all.flatMap((tool) => parents(tool.toolset))])
  if (!known.has(toolset)) throw unknown('toolsets (--toolsets)', toolset, known)
}

function requireTool(glob: string, all: readonly ToolDefinition[]): void {
  const names = all.map(({ name }) => name)
  if (!names.some(compileGlob(glob))) throw unknown('tools (--tools, --exclude-tools)', glob, names)
}

/** May a name or glob match a tool that a source has yet to learn of? */
function compileLater(sources: readonly Source[]): (glob: string) => boolean {
  const prefixes = sources.flatMap(({ toolPrefix }) => toolPrefix ?? [])
  return (glob) => {
    const [start = '', ...rest] = glob.split('*')
    return prefixes.some(
      (prefix) => start.startsWith(prefix) || (rest.length > 0 && prefix.startsWith(start))
    )
  }
}

/** Throws a ConfigError for a name under `setting` that no tool has or may have, served or not. */
export function requireTools(
  setting: string,
  names: readonly string[],
  sources: readonly Source[],
  served: ReadonlyMap<string, unknown>
): void {
  const known = new Set([
    ...served.keys(),
    ...sources.flatMap(({ tools }) => tools.map(({ name }) => name))
  ])
  const comesLater = compileLater(sources)
  const wrong = names.find((name) => !known.has(name) && !comesLater(name))
  if (wrong !== undefined) throw unknown(setting, wrong, known)
}

function unknown(setting: string, typed: string, known: Iterable<string>): ConfigError {
  return new ConfigError(`${setting}: nothing is called ${typed}${hintAt(typed, known)}`)
}
