import { compileGlobs } from '../../../src/glob.ts'
import { describeError } from '../../../src/log.ts'
import type { Source } from '../../../src/source.ts'
import type { Log } from '../../../src/types.ts'
import type { UpstreamConnection } from '../connection.ts'
import { UpstreamError } from '../upstream-error.ts'
import { type Conversations, createConversations } from './conversation/conversations.ts'
import { createFollower } from './follower.ts'
import { createListReader } from './lists.ts'
import { createNames, type Names } from './names.ts'
import { createOfferMaker, nothing } from './offered/offer.ts'
import type { Place } from './place.ts'
import { createWatch, type Watch } from './watch.ts'

/*
 * The words of this folder:
 *   Lists          what the server says that it has
 *   Place          what everything mounted from the server shares: connection, names, filters
 *   Shelf          the definitions made of one list; what has not changed stays the same definition
 *   Offer          what is served of all the lists
 *   Conversation   one request over as many rounds as it takes
 *   Round          how far a request came: to its result or to a question
 *   Watch          the resources that somebody wants to hear of
 */

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
  const { connection, allowsResource, startWaitMs = defaultStartWaitMs, log } = options
  const names = createNames(connection.name)
  const conversations = createConversations(connection)
  const listeners = new Set<(updated?: string) => void>()
  const tell = (updated?: string): void => {
    for (const listener of listeners) listener(updated)
  }
  const watch = createWatch(connection, (original) => tell(names.uriOf(original)))
  const place = placeOf(options, names, conversations, watch)
  const makeOffer = createOfferMaker({ place, allowsResource, log })
  const readLists = createListReader(connection, log)
  let current = nothing

  const follower = createFollower(async (signal) => {
    const lists = await readLists(signal).catch((error: unknown) => {
      const fault = error instanceof UpstreamError ? error.fault : 'unknown'
      const details = { server: connection.name, fault, error: describeError(error) }
      log.warn('upstream server cannot be listed', details)
      throw error
    })
    const next = await makeOffer(lists)
    if (next === current) return
    current = next
    tell()
  })
  const unsubscribe = connection.subscribe((event) => {
    if (event.kind === 'resource') watch.note(event.uri)
    else follower.follow()
  })
  follower.follow()
  await follower.settled(startWaitMs)

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
    upstream: { kind: 'server', name: connection.name, circuit: () => connection.circuit() },
    definedBy: connection.name,
    subscribe: (listener: (updated?: string) => void) => void listeners.add(listener),
    async close() {
      unsubscribe()
      follower.stop()
      conversations.close()
      await connection.close()
    }
  } satisfies Source)
}

function placeOf(
  { connection, include = ['*'], exclude = [], timeoutMs, log }: MountOptions,
  names: Names,
  conversations: Conversations,
  watch: Watch
): Omit<Place, 'compile'> {
  const isIncluded = compileGlobs(include)
  const isExcluded = compileGlobs(exclude)
  return {
    connection,
    conversations,
    names,
    log,
    watch: watch.add,
    permits: (original) => isIncluded(original) && !isExcluded(original),
    ...(timeoutMs !== undefined && { timeoutMs })
  }
}
