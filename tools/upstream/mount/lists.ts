import { describeError } from '../../../src/log.ts'
import type { Log } from '../../../src/types.ts'
import type { ListKind, Message, UpstreamClient, UpstreamConnection } from '../connection.ts'
import { UpstreamError, type UpstreamFault } from '../upstream-error.ts'

/** What a server says that it has. */
export interface Lists extends Readonly<Record<ListKind, readonly Message[]>> {
  readonly hasResources: boolean
}

const kinds = ['tools', 'resources', 'templates', 'prompts'] as const
const everyCapability = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} }
const methodNotFound = -32601
/** Not of one list alone. */
const wholeFaults: ReadonlySet<UpstreamFault> = new Set([
  'connection',
  'configuration',
  'authentication'
])

/**
 * Reads all lists of a server. One that cannot be read stays as it was and costs no other; with the
 * server itself down it throws.
 */
export function createListReader(
  connection: UpstreamConnection,
  log: Log
): (signal: AbortSignal) => Promise<Lists> {
  const known = new Map<ListKind, readonly Message[]>()

  async function readList(client: UpstreamClient, kind: ListKind): Promise<void> {
    try {
      known.set(kind, await client.list(kind))
    } catch (error) {
      if (!(error instanceof UpstreamError) || wholeFaults.has(error.fault)) throw error
      // Many servers that have resources know nothing of templates, whatever they declare.
      if (error.rpc?.code === methodNotFound) return void known.delete(kind)
      const { name: server } = connection
      const details = { server, list: kind, fault: error.fault, error: describeError(error) }
      log.warn('a list of an upstream server cannot be read', details)
    }
  }

  /**
   * Some 2025-era servers offer certain tools only to clients that can be asked. So that their
   * callers find them, a session of its own lists them; for a program that would be one more process.
   */
  function readTools(client: UpstreamClient, signal: AbortSignal): Promise<void> {
    const { era, transport } = client.info
    if (era === 'modern' || transport === 'stdio') return readList(client, 'tools')
    const call = { signal, caller: 'gateway', capabilities: everyCapability }
    return connection.use(call, (asked) => readList(asked, 'tools'))
  }

  return (signal) =>
    connection.use({ signal }, async (client) => {
      await Promise.all(
        kinds.map((kind) => (kind === 'tools' ? readTools(client, signal) : readList(client, kind)))
      )
      const [tools = [], resources = [], templates = [], prompts = []] = kinds.map((kind) =>
        known.get(kind)
      )
      const hasResources = 'resources' in client.info.capabilities
      return { tools, resources, templates, prompts, hasResources }
    })
}
