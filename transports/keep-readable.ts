import type { Dispatcher } from '../src/dispatch.ts'
import { isRecord } from '../src/json.ts'
import type { Principal } from '../src/types.ts'

const maxResources = 100

/**
 * Listening to a resource needs the right to read it: the rest is taken out of the parameters of a
 * `subscriptions/listen`, which the SDK serves by itself.
 */
export function keepReadable(dispatcher: Dispatcher, principal: Principal, params: unknown): void {
  const wish = isRecord(params) ? params.notifications : undefined
  if (!isRecord(wish) || !Array.isArray(wish.resourceSubscriptions)) return
  wish.resourceSubscriptions = wish.resourceSubscriptions
    .slice(0, maxResources)
    .filter((uri) => typeof uri === 'string' && dispatcher.watchResource(uri, principal))
}
