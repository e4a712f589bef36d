import { callTool, type ExecutedTool, executeTool } from './call/call-tool.ts'
import { complete } from './call/complete.ts'
import { getPrompt } from './call/get-prompt.ts'
import { refuseMalformed } from './call/malformed.ts'
import { readResource, watchResource } from './call/read-resource.ts'
import { takePage } from './catalogue/page.ts'
import type { WireItem } from './catalogue/view.ts'
import type { Refusal } from './errors.ts'
import { challengeScopes } from './identity/scope-challenge.ts'
import { isUnrestricted } from './identity/visibility.ts'
import { type ListKind, listings } from './listings.ts'
import { chargeUnknown, type Policy, serveCharged } from './policy.ts'
import type { PromptResult } from './prompt.ts'
import type { Registry } from './registry.ts'
import type {
  CallContext,
  Completion,
  CompletionArgument,
  CompletionRef,
  DispatchContext,
  Principal,
  ReadResult,
  ToolResult
} from './types.ts'

/** A page of a list, with how long and by whom it may be cached (2026-07-28). */
export interface ListPage {
  readonly items: readonly WireItem[]
  readonly nextCursor?: string
  readonly ttlMs: number
  readonly cacheScope: 'public' | 'private'
}

/** The one door: whatever a client asks for passes here, on every transport. */
export interface Dispatcher {
  list(kind: ListKind, cursor: string | undefined, ctx: CallContext): Promise<ListPage>
  callTool(name: string, args: unknown, ctx: DispatchContext): Promise<ToolResult>
  /** `callTool` for carriers that have words of their own for each outcome. */
  executeTool(name: string, args: unknown, ctx: DispatchContext): Promise<ExecutedTool>
  readResource(uri: string, ctx: DispatchContext): Promise<ReadResult>
  getPrompt(
    name: string,
    args: ReadonlyMap<string, string>,
    ctx: DispatchContext
  ): Promise<PromptResult>
  complete(ref: CompletionRef, argument: CompletionArgument, ctx: CallContext): Promise<Completion>
  /**
   * Limits and records a request whose parameters do not have the shape that its method needs;
   * returns what the client is told.
   */
  refuseMalformed(method: string, params: unknown, fault: string, ctx: CallContext): Refusal
  /** Refuses what a token lacks the scope for, before the protocol is reached; or lets it go on. */
  challengeScopes(method: string, params: unknown, ctx: CallContext): Refusal | undefined
  /** Charges a method whose work is the carrier's own, such as `resources/subscribe`. */
  serve<T>(method: string, ctx: CallContext, work: () => T | Promise<T>): Promise<T>
  /** Charges a method that nobody here knows. */
  chargeUnknown(method: string, ctx: CallContext): void
  /** True when the principal may subscribe to this URI, which is watched from then on. */
  watchResource(uri: string, principal: Principal): boolean
}

const pageSize = 200
/** Clients that listen hear of changes at once; the others ask again after this. */
const listTtlMs = 60_000

/** Binds the registry to the policy. */
export function createDispatcher(registry: Registry, policy: Policy): Dispatcher {
  return Object.freeze({
    list(kind, cursor, ctx) {
      const { method, key } = listings[kind]
      return serveCharged(policy, method, ctx, () => {
        const items = registry.view(ctx.principal).lists[kind]
        const page = takePage(items, (item) => String(item[key]), cursor, pageSize)
        return { ...page, ttlMs: listTtlMs, cacheScope: cacheScope(ctx) }
      })
    },
    callTool: (name, args, ctx) => callTool(registry, policy, name, args, ctx),
    executeTool: (name, args, ctx) => executeTool(registry, policy, name, args, ctx),
    readResource: (uri, ctx) => readResource(registry, policy, uri, ctx),
    getPrompt: (name, args, ctx) => getPrompt(registry, policy, name, args, ctx),
    complete: (ref, argument, ctx) =>
      serveCharged(policy, 'completion/complete', ctx, () =>
        complete(registry.view(ctx.principal), ref, argument, ctx)
      ),
    refuseMalformed: (method, params, fault, ctx) =>
      refuseMalformed(registry, policy, { method, params, fault }, ctx),
    challengeScopes: (method, params, ctx) =>
      challengeScopes(registry, policy, method, params, ctx),
    serve: (method, ctx, work) => serveCharged(policy, method, ctx, work),
    chargeUnknown: (method, ctx) => chargeUnknown(policy, method, ctx),
    watchResource: (uri, principal) => watchResource(registry, policy, uri, principal)
  } satisfies Dispatcher)
}

/** Public only where every caller would get the same list. */
function cacheScope({ principal }: CallContext): 'public' | 'private' {
  const isShared = principal.kind === 'anonymous' || principal.kind === 'local'
  return isShared && isUnrestricted(principal) ? 'public' : 'private'
}
