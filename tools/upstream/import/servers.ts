import { isReservedToolset } from '../../../src/catalogue/reserved-toolsets.ts'
import { ConfigError } from '../../../src/config-error.ts'
import { isRecord } from '../../../src/json.ts'
import { isReserved } from '../configuration/defaults.ts'
import { translateDesktopEntry } from '../configuration/desktop.ts'
import { readEntry } from '../configuration/entry.ts'
import {
  type ConfigurationIssue,
  createIssues,
  formatIssue,
  type Report
} from '../configuration/issue.ts'
import { isServerName, maxServers } from '../configuration/servers.ts'
import { readTree, type Tree } from '../configuration/tree.ts'
import { unwrapBridge } from './bridge.ts'
import { createVault, hideSecrets, type NeededVariable } from './secrets.ts'

/** Some clients keep their whole state in the same file. */
const maxBytes = 1_048_576

export interface ImportedServers {
  /** Name → server, in our form, without secrets. */
  readonly servers: Tree
  readonly variables: readonly NeededVariable[]
  /** What was changed, or should be looked at. */
  readonly warnings: readonly ConfigurationIssue[]
  /** What is wrong with the servers that were left out. */
  readonly errors: readonly ConfigurationIssue[]
}

/**
 * Turns the servers of another program's JSON into our `servers`: desktop clients (`mcpServers`,
 * `servers`, `context_servers`, `mcp`), MetaMCP (also its lists), and `MCP_SERVERS`. Throws a
 * ConfigError when there is nothing to read.
 */
export function importServers(text: string): ImportedServers {
  const servers: Record<string, unknown> = Object.create(null)
  const vault = createVault()
  const issues: ConfigurationIssue[] = []
  for (const [written, entry] of findEntries(parse(text))) {
    // An address is judged as in development: whether a private one will do is decided at the start.
    const { report, list } = createIssues(false)
    const name = chooseName(written, servers)
    if (name !== written) report('renamed', [written], name)
    if (Object.keys(servers).length >= maxServers) report('too_many_servers', [written])
    const own = translate(name, entry, report)
    if (own) readEntry(name, own, report)
    if (own && list().every(({ severity }) => severity === 'warning')) {
      servers[name] = shorten(hideSecrets(name, own, vault, report))
    }
    issues.push(...list())
  }
  return {
    servers,
    variables: vault.list(),
    warnings: issues.filter(({ severity }) => severity === 'warning'),
    errors: issues.filter(({ severity }) => severity === 'error')
  }
}

function parse(text: string): Tree {
  const plain = text.replace(/^\uFEFF/, '')
  const { report, list } = createIssues(false)
  // A list is what MetaMCP's API answers.
  const wrapped = plain.trimStart().startsWith('[') ? `{"mcpServers":${plain}}` : plain
  const tree = readTree(wrapped, report, maxBytes)
  const fault = list().find(({ severity }) => severity === 'error')
  if (fault) throw new ConfigError(formatIssue(fault))
  return tree ?? {}
}

type Entry = readonly [name: string, entry: unknown]

function findEntries(tree: Tree): readonly Entry[] {
  const { mcp, mcpServers, servers, context_servers } = tree
  const nested = isRecord(mcp) ? (mcp.servers ?? mcp) : undefined
  const found = [mcpServers, servers, context_servers, nested].find(
    (place) => isRecord(place) || Array.isArray(place)
  )
  const entries = listEntries(found ?? tree)
  const isServer = ([name, entry]: Entry): boolean => isRecord(entry) || !isReserved(name)
  const kept = found === undefined ? entries.filter(isServer) : entries
  if (kept.length > 0) return kept
  throw new ConfigError('no servers in it; looked for mcpServers, servers, context_servers and mcp')
}

function listEntries(place: unknown): readonly Entry[] {
  if (!Array.isArray(place)) return Object.entries(place as Tree)
  return place.map((entry: unknown, index): Entry => {
    if (!isRecord(entry) || typeof entry.name !== 'string') return [String(index + 1), entry]
    const { name, ...rest } = entry
    return [name, rest]
  })
}

function translate(name: string, entry: unknown, report: Report): Tree | undefined {
  if (typeof entry === 'string') return { endpoint: entry }
  if (!isRecord(entry)) return void report('entry', [name])
  return translateDesktopEntry(name, unwrapBridge(name, flattenCommand(entry), report), report)
}

/** A command as a list of words, or as an object of its own. */
function flattenCommand(entry: Tree): Tree {
  const { command, ...rest } = entry
  if (Array.isArray(command)) {
    const [program, ...args] = command as readonly unknown[]
    return { ...rest, command: program, args }
  }
  if (!isRecord(command)) return entry
  const { path, ...more } = command
  return { ...rest, ...more, command: path }
}

/** The name as it is, when it may be one and is free. */
function chooseName(written: string, taken: Tree): string {
  const legal = isServerName(written)
    ? written
    : written
        .replace(/[^\w.-]+/g, '-')
        .replace(/_{2,}/g, '_')
        .slice(0, 90) || 'server'
  const names = [
    legal,
    ...Array.from({ length: maxServers }, (_, index) => `${legal}-${index + 2}`)
  ]
  const isFree = (name: string): boolean =>
    !(name in taken) && !isReserved(name) && !isReservedToolset(name)
  return names.find(isFree) ?? legal
}

function shorten(entry: Tree): unknown {
  const isBare = Object.keys(entry).length === 1
  return isBare && 'endpoint' in entry ? entry.endpoint : entry
}
