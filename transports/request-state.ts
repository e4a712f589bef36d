import { hash } from 'node:crypto'
import { createRequestStateCodec, type ServerContext } from '@modelcontextprotocol/server'
import { ownerKey } from '../src/identity/caller-key.ts'
import type { CallContext } from '../src/types.ts'

const forged = Symbol('forged')

interface Sealed {
  /** The principal and the request that the state was made for. */
  readonly binding: string
  readonly state: unknown
}

/** Seals the state of input-required results, so that a client can carry but not change it. */
export interface RequestState {
  seal(state: unknown, target: Target): Promise<string>
  /** For the SDK: what was sealed, or a mark that it was tampered with or is too old. */
  verify(text: string, ctx: ServerContext): Promise<unknown>
  /** Takes the state out; `wrong` when it is no state of this caller for this request. */
  open(sealed: unknown, target: Target): { readonly state: unknown } | 'wrong'
}

/** What the state is bound to: a confirmation given for one call must not serve another. */
export interface Target {
  readonly ctx: Pick<CallContext, 'principal' | 'remote'>
  readonly method: string
  readonly params: unknown
}

/** `key`: at least 32 bytes. */
export function createRequestState(key: Uint8Array): RequestState {
  const codec = createRequestStateCodec<Sealed>({ key })
  return Object.freeze({
    seal: (state: unknown, target: Target) => codec.mint({ binding: bind(target), state }),
    // Not thrown: the SDK would answer before limits and audit.
    verify: (text: string, ctx: ServerContext) => codec.verify(text, ctx).catch(() => forged),
    open(sealed: unknown, target: Target) {
      if (sealed === forged) return 'wrong'
      const { binding, state } = sealed as Sealed
      return binding === bind(target) ? { state } : 'wrong'
    }
  })
}

function bind({ ctx, method, params }: Target): string {
  const {
    _meta: _,
    inputResponses: __,
    requestState: ___,
    ...own
  } = params as Record<string, unknown>
  return hash('sha256', JSON.stringify([ownerKey(ctx), method, own]), 'base64url')
}
