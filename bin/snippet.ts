import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hintAt } from '../src/catalogue/nearest.ts'
import { ConfigError } from '../src/config-error.ts'
import { isConfidential } from '../src/network.ts'
import { type Command, clients } from './client-entries.ts'
import { ownTerminal, type Terminal } from './terminal.ts'

export interface SnippetFlags {
  readonly url?: string
  readonly configFile?: string
}

/**
 * `snippet CLIENT [--url U]`: prints the entry, and on stderr where it goes. Returns the exit code;
 * throws a ConfigError.
 */
export function runSnippet(
  [wanted, ...rest]: readonly string[],
  { url, configFile }: SnippetFlags,
  { out, note }: Terminal = ownTerminal,
  executable = fileURLToPath(new URL('./mcp-server.js', import.meta.url))
): number {
  if (wanted === undefined || rest.length > 0) {
    throw new ConfigError(`snippet: use snippet CLIENT [--url U]; CLIENT is ${listClients()}`)
  }
  const client = clients.get(wanted)
  if (!client) {
    const hint = hintAt(wanted, clients.keys()) || `; it is ${listClients()}`
    throw new ConfigError(`snippet: no client is called ${wanted}${hint}`)
  }
  if (url === undefined) {
    out(client.local(ownCommand(executable, configFile)))
    note(`belongs into ${client.place}`)
    return 0
  }
  const address = readUrl(url)
  out(client.remote(address))
  note(`belongs into ${client.place}; ${client.key}`)
  if (address.pathname === '/') note('--url: has no path; the endpoint is /mcp unless you moved it')
  if (!isConfidential(address))
    note('--url: over http everybody on the way reads the key; use https')
  return 0
}

function listClients(): string {
  return [...clients.keys()].join(', ')
}

/** By npx where npm installed it, else by its path. */
function ownCommand(executable: string, configFile: string | undefined): Command {
  const flags = configFile === undefined ? [] : ['--config', resolve(configFile)]
  return /[\\/]node_modules[\\/]portcullis-mcp[\\/]/.test(executable)
    ? { command: 'npx', args: ['-y', 'portcullis-mcp', ...flags] }
    : { command: process.execPath, args: [executable, ...flags] }
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isGood =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '')
  if (isGood) return url
  // Not repeated: it may hold a key.
  throw new ConfigError(
    '--url: must be such as https://mcp.example.com/mcp, without user, query or fragment'
  )
}
