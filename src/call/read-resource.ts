import { Refusal } from '../errors.ts'
import { checkScopes } from '../identity/scope-challenge.ts'
import { findLackedScopes } from '../identity/visibility.ts'
import type { Policy } from '../policy.ts'
import type { FoundResource, Registry } from '../registry.ts'
import type { DispatchContext, Principal, ReadResult } from '../types.ts'
import { readGuarded } from './read.ts'

/** Every `resources/read`: the allow-list first, then what the principal sees. */
export function readResource(
  registry: Registry,
  policy: Policy,
  uri: string,
  ctx: DispatchContext
): Promise<ReadResult> {
  return readGuarded<ReadResult>(
    policy,
    {
      method: 'resources/read',
      event: 'RESOURCE_READ',
      args: { uri },
      maxBytes: policy.maxResourceBytes,
      unknown: new Refusal('unknown_resource', { data: { uri } }),
      find() {
        if (!policy.allowsResource(uri)) return 'forbidden'
        const found = find(registry, uri, ctx.principal)
        if (!found) return registry.findResource(uri) ? 'forbidden' : 'unknown'
        checkScopes(ctx.principal, found.definition)
        return (guarded) => found.definition.read(uri, found.variables, guarded)
      }
    },
    ctx
  )
}

/** True when the principal may hear of this URI, being able to read it now; its source then tells. */
export function watchResource(
  registry: Registry,
  policy: Policy,
  uri: string,
  principal: Principal
): boolean {
  const found = policy.allowsResource(uri) ? find(registry, uri, principal) : undefined
  if (!found || findLackedScopes(principal, found.definition)) return false
  found.definition.watch?.(uri)
  return true
}

function find(registry: Registry, uri: string, principal: Principal): FoundResource | undefined {
  const found = registry.findResource(uri)
  const isVisible = found && registry.view(principal).resources.has(found.definition.uri)
  return isVisible ? found : undefined
}
