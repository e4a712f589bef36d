import { compileGlobs } from '../../../src/glob.ts'
import { describeError } from '../../../src/log.ts'
import type { Log, Source } from '../../../src/types.ts'
import type { ListKind, Message, UpstreamClient, UpstreamConnection } from '../connection.ts'
import { UpstreamError } from '../upstream-error.ts'
import { createConversations } from './conversation.ts'
import { createFollower } from './follower.ts'
import { createNames } from './names.ts'
import { createOfferMaker, type Lists, nothing } from './offer.ts'

export interface MountOptions {
  readonly connection: UpstreamConnection
  /** Globs over the server's own names of tools and prompts, and its URIs; `exclude` wins. */
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** Which resources may be read at all, by the URI that clients see. */
  readonly allowsResource: (uri: string) => boolean
  /** Deadline of a call; undefined: that of every tool. */
  readonly timeoutMs?: number
  /** How long the start waits for the first lists; later ones come as they come. */
  readonly startWaitMs?: number
  readonly log: Log
}

const defaultStartWaitMs = 5000

/**
 * Mounts an upstream server as a source that follows it: what the server lists is served under its
 * name as long as it lists it, also while it is down.
 */
export async function mountServer(options: MountOptions): Promise<Source> {
  const { connection, include = ['*'], exclude = [], allowsResource, timeoutMs, log } = options
  const names = createNames(connection.name)
  const conversations = createConversations(connection)
  const isIncluded = compileGlobs(include)
  const isExcluded = compileGlobs(exclude)
  const makeOffer = createOfferMaker({
    place: {
      connection,
      conversations,
      names,
      log,
      permits: (original) => isIncluded(original) && !isExcluded(original),
      ...(timeoutMs !== undefined && { timeoutMs })
    },
    allowsResource,
    log
  })
  const listeners = new Set<() => void>()
  let current = nothing

  const follower = createFollower(async (signal) => {
    const lists = await readLists(connection, signal).catch((error: unknown) => {
      log.warn('upstream server cannot be listed', {
        server: connection.name,
        fault: error instanceof UpstreamError ? error.fault : 'unknown',
        error: describeError(error)
      })
      throw error
    })
    const next = makeOffer(lists)
    if (next === current) return
    current = next
    const { tools, prompts, resources } = next
    log.info('upstream server mounted', {
      server: connection.name,
      tools: tools.length,
      prompts: prompts.length,
      resources: resources.length
    })
    for (const listener of listeners) listener()
  })
  const unsubscribe = connection.subscribe(({ kind }) => {
    if (kind !== 'resource') follower.follow()
  })
  follower.follow()
  await follower.settled(options.startWaitMs ?? defaultStartWaitMs)

  return Object.freeze({
    get tools() {
      return current.tools
    },
    get prompts() {
      return current.prompts
    },
    get resources() {
      return current.resources
    },
    toolsets: new Map([[names.slug, []]]),
    toolPrefix: names.prefix,
    upstream: { name: connection.name, circuit: () => connection.circuit() },
    subscribe(listener: () => void) {
      listeners.add(listener)
    },
    async close() {
      unsubscribe()
      follower.stop()
      conversations.close()
      await connection.close()
    }
  } satisfies Source)
}

async function readLists(connection: UpstreamConnection, signal: AbortSignal): Promise<Lists> {
  return connection.use({ signal }, async (client) => {
    const [tools, resources, templates, prompts] = await Promise.all([
      readTools(connection, client, signal),
      readList(client, 'resources'),
      readList(client, 'templates'),
      readList(client, 'prompts')
    ])
    const hasResources = 'resources' in client.info.capabilities
    return { tools, resources, templates, prompts, hasResources }
  })
}

const everyCapability = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} }

/**
 * Some 2025-era servers offer certain tools only to clients that can be asked. So that their callers
 * find them, a session of its own lists them; for a program that would be one more process.
 */
function readTools(
  connection: UpstreamConnection,
  client: UpstreamClient,
  signal: AbortSignal
): Promise<readonly Message[]> {
  const { era, transport } = client.info
  if (era === 'modern' || transport === 'stdio') return readList(client, 'tools')
  const call = { signal, caller: 'gateway', capabilities: everyCapability }
  return connection.use(call, (asked) => readList(asked, 'tools'))
}

const methodNotFound = -32601

/** Many servers that have resources know nothing of templates, whatever they declare. */
async function readList(client: UpstreamClient, kind: ListKind): Promise<readonly Message[]> {
  try {
    return await client.list(kind)
  } catch (error) {
    if (error instanceof UpstreamError && error.rpc?.code === methodNotFound) return []
    throw error
  }
}
