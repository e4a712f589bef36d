import type {
  ListKind,
  Message,
  RequestOptions,
  UpstreamCall,
  UpstreamConnection,
  UpstreamEvent,
  UpstreamInfo
} from '../../tools/upstream/connection.ts'
import { UpstreamError } from '../../tools/upstream/upstream-error.ts'

type Lists = Partial<Record<ListKind, readonly unknown[]>>

/** What a test sees of one request. */
export interface SeenRequest {
  readonly method: string
  readonly params: Message
  readonly call: UpstreamCall
  readonly options: RequestOptions
}

export interface FakeUpstream {
  readonly connection: UpstreamConnection
  readonly seen: SeenRequest[]
  readonly watched: Set<string>
  /** How often it was listed. */
  readonly listings: () => number
  lists: Lists
  isDown: boolean
  answer: (request: SeenRequest) => unknown
  tell(event: UpstreamEvent): void
}

/** A server that says whatever a test lets it say, without any client library in between. */
export function createFakeUpstream(
  name = 'docs',
  era: UpstreamInfo['era'] = 'legacy'
): FakeUpstream {
  const listeners = new Set<(event: UpstreamEvent) => void>()
  let listings = 0
  const info: UpstreamInfo = {
    era,
    protocolVersion: era === 'modern' ? '2026-07-28' : '2025-11-25',
    transport: 'streamable_http',
    capabilities: { tools: {}, resources: {}, prompts: {} },
    serverInfo: undefined
  }
  const fake: FakeUpstream = {
    seen: [],
    listings: () => listings,
    lists: {},
    isDown: false,
    answer: () => ({ content: [] }),
    tell(event) {
      for (const listener of listeners) listener(event)
    },
    watched: new Set(),
    connection: {
      name,
      info,
      async use(call, work) {
        if (fake.isDown) throw new UpstreamError('connection', name)
        return work({
          info,
          async list(kind) {
            if (kind === 'tools') listings++
            return (fake.lists[kind] ?? []) as readonly Message[]
          },
          async request(method, params, options = {}) {
            const request = { method, params, call, options }
            fake.seen.push(request)
            return (await fake.answer(request)) as Message
          }
        })
      },
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      watch: (uri) => void fake.watched.add(uri),
      unwatch: (uri) => void fake.watched.delete(uri),
      state: () => (fake.isDown ? 'down' : 'up'),
      circuit: () => (fake.isDown ? 'open' : 'closed'),
      close: async () => {}
    }
  }
  return fake
}
