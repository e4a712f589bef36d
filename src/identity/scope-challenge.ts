import { auditEvents } from '../audit/events.ts'
import { type AuditEntry, auditContext } from '../audit.ts'
import { Refusal } from '../errors.ts'
import { isRecord } from '../json.ts'
import { chargeUndispatched, type Policy } from '../policy.ts'
import type { Registry } from '../registry.ts'
import type { CallContext, Principal, ToolDefinition } from '../types.ts'
import { findLackedScopes, type Scoped } from './visibility.ts'

/** Names the scopes of the operation, so that a client can ask its issuer for them. */
export function refuseScopes(scopes: readonly string[]): Refusal {
  return new Refusal('insufficient_scope', { data: { scopes } })
}

/** Throws a Refusal when a token lacks a scope of something that it sees. */
export function checkScopes(principal: Principal, item: Scoped): void {
  const scopes = findLackedScopes(principal, item)
  if (scopes) throw refuseScopes(scopes)
}

/**
 * For carriers that must refuse before the protocol is reached: the refusal of a request whose
 * token lacks a scope, charged and recorded. Undefined: let the request go on. That is so for a
 * caller over its rate, too, who gets the answer for that one.
 */
export function challengeScopes(
  registry: Registry,
  policy: Policy,
  method: string,
  params: unknown,
  ctx: CallContext
): Refusal | undefined {
  const event = auditEvents.get(method)
  if (ctx.principal.kind !== 'jwt' || !event || !isRecord(params)) return undefined
  const { name, args } = readTarget(registry, method, params)
  const item = findItem(registry, policy, method, name, ctx.principal)
  const scopes = item && findLackedScopes(ctx.principal, item)
  if (!scopes || chargeUndispatched(policy, method, ctx) > 0) return undefined
  policy.audit.record({
    event,
    outcome: 'forbidden',
    ...auditContext(ctx),
    method,
    ...describeParams(method, name, args),
    ...('sensitive' in item && { sensitive: item.sensitive }),
    bytesOut: 0
  })
  // The answer goes out with this turn.
  policy.audit.flush()
  const refusal = refuseScopes(scopes)
  policy.metrics.countRequest(method, refusal.code)
  if (method === 'tools/call') policy.metrics.countToolCall(name, 'forbidden')
  return refusal
}

/** What is asked for; a call that names another tool counts as a call of that one. */
function readTarget(
  registry: Registry,
  method: string,
  params: Readonly<Record<string, unknown>>
): { readonly name: string; readonly args: unknown } {
  const name = String(method === 'resources/read' ? params.uri : params.name)
  const call = { name, args: params.arguments ?? {} }
  return method === 'tools/call' ? registry.resolveCall(call) : call
}

/** As the records of calls that go through. */
function describeParams(
  method: string,
  name: string,
  args: unknown
): Pick<AuditEntry, 'tool' | 'args'> {
  if (method === 'tools/call') return { tool: name, args }
  return { args: method === 'prompts/get' ? { name, arguments: args } : { uri: name } }
}

function findItem(
  registry: Registry,
  policy: Policy,
  method: string,
  name: string,
  principal: Principal
): Scoped | ToolDefinition | undefined {
  const { tools, prompts, resources } = registry.view(principal)
  if (method === 'tools/call') return tools.get(name)
  if (method === 'prompts/get') return prompts.get(name)
  const found = policy.allowsResource(name) ? registry.findResource(name) : undefined
  return found && resources.get(found.definition.uri)
}
