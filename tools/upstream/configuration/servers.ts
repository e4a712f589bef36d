import { isReservedToolset } from '../../../src/catalogue/reserved-toolsets.ts'
import { ConfigError } from '../../../src/config-error.ts'
import { isRecord } from '../../../src/json.ts'
import { type Defaults, isReserved, readDefaults } from './defaults.ts'
import { translateDesktopEntry } from './desktop.ts'
import { type LocalServer, type RemoteServer, readEntry } from './entry.ts'
import { type ConfigurationIssue, createIssues, formatIssue, type Report } from './issue.ts'
import { readTree, type Tree } from './tree.ts'

export const maxServers = 50

export interface ReadOptions {
  /** Refuses what development only warns about; on unless it is switched off. */
  readonly productionMode?: boolean
  /**
   * Servers that are programs to start. Only for a file that the operator owns: whoever writes such
   * an entry decides what this machine runs.
   */
  readonly allowCommands?: boolean
}

export interface Inspection {
  readonly servers: readonly (RemoteServer | LocalServer)[]
  readonly defaults: Defaults
  readonly issues: readonly ConfigurationIssue[]
}

/** Reads the servers of a configuration as far as it goes, and everything that is wrong with it. */
export function inspectServers(
  config: unknown,
  { productionMode = true, allowCommands = false }: ReadOptions = {}
): Inspection {
  const { report, list } = createIssues(productionMode)
  const tree = readTree(config, report)
  if (!tree) return { servers: [], defaults: {}, issues: list() }
  const { block, isDesktop, settings } = findBlock(tree, report)
  const entries = Object.entries(block).filter(([name]) => isDesktop || !isReserved(name))
  if (entries.length === 0) report('no_servers', [])
  if (entries.length > maxServers) report('too_many_servers', [])
  const servers = entries.flatMap(
    ([name, entry]) => readServer(name, entry, { isDesktop, allowCommands }, report) ?? []
  )
  return { servers, defaults: readDefaults(settings, report), issues: list() }
}

/**
 * Reads `MCP_SERVERS`, the value of `servers`, or an object with a `servers` or `mcpServers` block.
 * Throws a ConfigError with the first thing that is wrong; warnings come back with the servers.
 */
export function readServers(
  config: unknown,
  options: ReadOptions = {}
): Omit<Inspection, 'issues'> & { readonly warnings: readonly ConfigurationIssue[] } {
  const { servers, defaults, issues } = inspectServers(config, options)
  const fault = issues.find(({ severity }) => severity === 'error')
  if (fault) throw new ConfigError(`servers (MCP_SERVERS): ${formatIssue(fault)}`)
  return { servers, defaults, warnings: issues }
}

interface Block {
  readonly block: Tree
  readonly isDesktop: boolean
  /** Where the settings beside the servers stand. */
  readonly settings: Tree
}

function findBlock(tree: Tree, report: Report): Block {
  const { servers, mcpServers } = tree
  const isOwn = isBlock(servers)
  if (isBlock(mcpServers)) {
    if (isOwn) report('two_blocks', [])
    // What stands beside it belongs to the client whose file this is.
    return { block: mcpServers, isDesktop: true, settings: {} }
  }
  if (!isOwn) return { block: tree, isDesktop: false, settings: tree }
  return { block: servers, isDesktop: false, settings: { ...tree, ...servers } }
}

/** A server may be called `servers`, too. */
function isBlock(value: unknown): value is Tree {
  return isRecord(value) && !('endpoint' in value) && !('command' in value)
}

function readServer(
  name: string,
  entry: unknown,
  { isDesktop, allowCommands }: { readonly isDesktop: boolean; readonly allowCommands: boolean },
  report: Report
): RemoteServer | LocalServer | undefined {
  if (!isServerName(name)) report('name', [name])
  if (isReservedToolset(name)) report('reserved_name', [name], 'for tools of this server')
  if (typeof entry === 'string') return readEntry(name, { endpoint: entry }, report)
  if (!isRecord(entry)) return void report('entry', [name])
  const own = isDesktop ? translateDesktopEntry(name, entry, report) : entry
  if ('command' in own && !allowCommands) return void report('command', [name, 'command'])
  return readEntry(name, own, report)
}

/** No markup, no shell, no path, no `__x__`: the name becomes a part of tool names and of pages. */
export function isServerName(name: string): boolean {
  const isBad =
    name === '' ||
    name !== name.trim() ||
    name.length > 100 ||
    /[<>"'`;|&\p{Cc}\p{Cf}\p{Cs}]|\$\{|\.\.[/\\]|__\w*__/u.test(name)
  return !isBad
}
