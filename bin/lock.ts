import { existsSync } from 'node:fs'
import { ConfigError, reasonOf } from '../src/config-error.ts'
import { compileGlob } from '../src/glob.ts'
import { acceptDifferences, compareTools, type Difference } from '../src/lock-diff.ts'
import { countDifferences, formatDifferences, toJsonDifferences } from '../src/lock-report.ts'
import { findNearest } from '../src/nearest.ts'
import { type PinnedTool, pinTool } from '../src/pinned-tool.ts'
import type { NamedTool } from '../src/quarantine.ts'
import { createRegistry } from '../src/registry.ts'
import { selectTools } from '../src/select-tools.ts'
import type { Config } from '../src/settings.ts'
import { changeToolsLock, readToolsLock, type ToolsLock } from '../src/tools-lock.ts'
import type { Source } from '../src/types.ts'
import { toWireTool } from '../src/view.ts'
import { describeLockError } from '../src/watched-lock.ts'
import type { CommandLine } from './command-line.ts'
import { findLock } from './open-lock.ts'
import { type LoadSources, withSources } from './with-sources.ts'

/** What outside defines now, as clients would see it. */
interface Offer {
  readonly tools: readonly PinnedTool[]
  /** Was its source asked for this tool? */
  isAsked(pinned: PinnedTool): boolean
}

/**
 * `lock diff`: what differs from the approved definitions; `lock approve`: accepts it. Returns the
 * exit code: 1 when `lock diff` has found something.
 */
export function runLock(
  config: Config,
  line: CommandLine,
  loadSources: LoadSources
): Promise<number> {
  const [verb, ...names] = line.words
  if (verb !== 'approve' && (verb !== 'diff' || names.length > 0)) {
    throw new ConfigError('lock: use lock diff [--json], or lock approve [NAMES]')
  }
  const { file } = findLock(config, line.configFile)
  return withSources(config, loadSources, async ({ sources, print }) => {
    const offer = readOffer(sources, config)
    if (verb === 'approve') {
      await print(await approve(file, offer, names))
      return 0
    }
    const differences = compareTools(await readLock(file), offer.tools, offer.isAsked)
    await print(line.json ? toJsonDifferences(differences) : describe(file, differences))
    return differences.length === 0 ? 0 : 1
  })
}

function readOffer(sources: readonly Source[], config: Config): Offer {
  const outside = sources.filter(({ definedBy }) => definedBy !== undefined)
  if (outside.length === 0) {
    throw new ConfigError('lock: no API and no MCP server is mounted, so nothing can be pinned')
  }
  let named: readonly NamedTool[] = []
  const quarantine = {
    admit(tools: readonly NamedTool[]) {
      named = tools
      return tools.map(({ tool }) => tool)
    },
    subscribe() {}
  }
  createRegistry(selectTools(sources, config), { discovery: config.discovery, quarantine })
  return {
    tools: named.flatMap(({ tool, definedBy }) =>
      definedBy === undefined ? [] : [pinTool(definedBy, toWireTool(tool))]
    ),
    isAsked: (pinned) => outside.some((source) => lacks(source, pinned))
  }
}

/** A tool that is not chosen is not gone; nor is one whose server has not answered. */
function lacks(
  { definedBy, subscribe, tools }: Source,
  { source, definition }: PinnedTool
): boolean {
  const hasAnswered = subscribe === undefined || tools.length > 0
  return definedBy === source && hasAnswered && !tools.some(({ name }) => name === definition.name)
}

async function readLock(file: string): Promise<ToolsLock> {
  if (!existsSync(file)) return new Map()
  return withFile(file, async () => readToolsLock(file))
}

async function approve(file: string, offer: Offer, names: readonly string[]): Promise<string> {
  let accepted: readonly Difference[] = []
  let left = 0
  await withFile(file, () =>
    changeToolsLock(file, (before = new Map()) => {
      const differences = compareTools(before, offer.tools, offer.isAsked)
      const known = [...before.keys(), ...offer.tools.map(({ definition }) => definition.name)]
      accepted = choose(differences, names, known)
      left = differences.length - accepted.length
      return acceptDifferences(before, accepted)
    })
  )
  const what = accepted.length === 0 ? 'nothing, all of it was' : countDifferences(accepted)
  const rest = left === 0 ? '' : ` ${left} left: see mcp-server lock diff.`
  return `${formatDifferences(accepted)}Approved in ${file}: ${what}.${rest}\n`
}

/** Those of these names or globs; all of them without any. Throws for a name that nothing has. */
function choose(
  differences: readonly Difference[],
  globs: readonly string[],
  known: readonly string[]
): readonly Difference[] {
  if (globs.length === 0) return differences
  const matchers = globs.map((glob) => {
    const matches = compileGlob(glob)
    if (known.some(matches)) return matches
    const nearest = findNearest(glob, known)
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
    throw new ConfigError(`lock approve: no tool is called ${glob}${hint}`)
  })
  return differences.filter(({ name }) => matchers.some((matches) => matches(name)))
}

function describe(file: string, differences: readonly Difference[]): string {
  const missing = existsSync(file) ? '' : `${file} is not there: nothing is pinned yet.\n`
  if (differences.length === 0) return `${missing}Nothing differs from ${file}.\n`
  const counts = countDifferences(differences)
  return `${missing}${formatDifferences(differences)}${counts}. Accept with mcp-server lock approve [NAMES].\n`
}

async function withFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : describeLockError(file, reasonOf(cause), cause)
  }
}
