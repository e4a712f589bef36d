import type { Dispatcher } from '../src/dispatch.ts'
import { Refusal } from '../src/errors.ts'
import { isRecord } from '../src/json.ts'
import type { Principal } from '../src/types.ts'
import type { Caller } from './call-context.ts'

/** Who listens. */
type Listener = Pick<Caller, 'principal' | 'remote'>

/** Takes a place for a subscription; returns the way to give it back, or undefined without one. */
export type TakePlace = (listener: Listener) => (() => void) | undefined

const maxResources = 100

/**
 * Lets a `subscriptions/listen` in, which the SDK serves by itself; returns what is to be called
 * when it is over. Throws a Refusal when there is no place.
 */
export function admitListener(
  dispatcher: Dispatcher,
  takePlace: TakePlace,
  listener: Listener,
  params: unknown
): () => void {
  const leave = takePlace(listener)
  if (!leave) throw new Refusal('subscriptions_full', { data: { retryAfterMs: 10_000 } })
  keepReadable(dispatcher, listener.principal, params)
  return leave
}

/** Listening to a resource needs the right to read it: the rest is taken out of the parameters. */
function keepReadable(dispatcher: Dispatcher, principal: Principal, params: unknown): void {
  const wish = isRecord(params) ? params.notifications : undefined
  if (!isRecord(wish) || !Array.isArray(wish.resourceSubscriptions)) return
  wish.resourceSubscriptions = wish.resourceSubscriptions
    .slice(0, maxResources)
    .filter((uri) => typeof uri === 'string' && dispatcher.watchResource(uri, principal))
}
