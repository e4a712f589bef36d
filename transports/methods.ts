import type { Dispatcher } from '../src/dispatch.ts'
import { Refusal } from '../src/errors.ts'
import { isRecord } from '../src/json.ts'
import { type ListKind, listings } from '../src/listings.ts'
import type { CompletionArgument, CompletionRef, DispatchContext } from '../src/types.ts'

type Params = Readonly<Record<string, unknown>>

/** Answers one method. Parameters were checked against the specification by the SDK. */
type Method = (
  params: Params,
  ctx: DispatchContext,
  subscriptions: Subscriptions
) => object | Promise<object>

/** Resource URIs that a 2025-era connection has subscribed to. */
export interface Subscriptions {
  readonly uris: ReadonlySet<string>
  add(uri: string): void
  delete(uri: string): void
}

const maxSubscriptions = 100

export function createSubscriptions(): Subscriptions {
  const uris = new Set<string>()
  return {
    uris,
    add(uri) {
      if (uris.size >= maxSubscriptions && !uris.has(uri)) {
        const detail = `At most ${maxSubscriptions} subscriptions on one connection.`
        throw new Refusal('invalid_params', { detail })
      }
      uris.add(uri)
    },
    delete(uri) {
      uris.delete(uri)
    }
  }
}

/** Every method that is served, and what the dispatcher is asked for it. */
export function createMethods(dispatcher: Dispatcher): ReadonlyMap<string, Method> {
  return new Map<string, Method>([
    ...Object.entries(listings).map(([kind, { method }]): [string, Method] => [
      method,
      async (params, ctx) => {
        const { items, ...page } = await dispatcher.list(kind as ListKind, cursorOf(params), ctx)
        return { [kind]: items, ...page }
      }
    ]),
    [
      'tools/call',
      ({ name, arguments: args }, ctx) => dispatcher.callTool(String(name), args, ctx)
    ],
    ['resources/read', ({ uri }, ctx) => dispatcher.readResource(String(uri), ctx)],
    [
      'prompts/get',
      ({ name, arguments: args }, ctx) =>
        dispatcher.getPrompt(String(name), new Map(Object.entries((args ?? {}) as object)), ctx)
    ],
    [
      'completion/complete',
      async ({ ref, argument, context }, ctx) => ({
        completion: await dispatcher.complete(
          ref as CompletionRef,
          { ...(argument as CompletionArgument), ...(isRecord(context) && { context }) },
          ctx
        )
      })
    ],
    [
      'resources/subscribe',
      ({ uri }, ctx, subscriptions) =>
        dispatcher.serve('resources/subscribe', ctx, () => {
          if (!dispatcher.watchResource(String(uri), ctx.principal)) {
            throw new Refusal('unknown_resource', { data: { uri } })
          }
          subscriptions.add(String(uri))
          return {}
        })
    ],
    [
      'resources/unsubscribe',
      ({ uri }, ctx, subscriptions) =>
        dispatcher.serve('resources/unsubscribe', ctx, () => {
          subscriptions.delete(String(uri))
          return {}
        })
    ]
  ])
}

function cursorOf(params: Params): string | undefined {
  return typeof params.cursor === 'string' ? params.cursor : undefined
}
