import { createHash } from 'node:crypto'
import { createRequestStateCodec, type ServerContext } from '@modelcontextprotocol/server'
import { Refusal } from '../src/errors.ts'
import type { CallContext } from '../src/types.ts'

interface Sealed {
  /** The principal and the request that the state was made for. */
  readonly binding: string
  readonly state: unknown
}

/** Seals the state of input-required results, so that a client can carry but not change it. */
export interface RequestState {
  seal(state: unknown, target: Target): Promise<string>
  /** For the SDK: verifies the seal; throws when it was tampered with or is too old. */
  verify(text: string, ctx: ServerContext): Promise<unknown>
  /** Takes the state out. Throws a Refusal when it belongs to another caller or request. */
  open(sealed: unknown, target: Target): unknown
}

/** What the state is bound to: a confirmation given for one call must not serve another. */
export interface Target {
  readonly ctx: Pick<CallContext, 'principal'>
  readonly method: string
  readonly params: unknown
}

/** `key`: at least 32 bytes. */
export function createRequestState(key: Uint8Array): RequestState {
  const codec = createRequestStateCodec<Sealed>({ key })
  return Object.freeze({
    seal: (state: unknown, target: Target) => codec.mint({ binding: bind(target), state }),
    verify: (text: string, ctx: ServerContext) => codec.verify(text, ctx),
    open(sealed: unknown, target: Target) {
      const { binding, state } = sealed as Sealed
      if (binding !== bind(target)) {
        throw new Refusal('invalid_params', { detail: 'requestState belongs to another request.' })
      }
      return state
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
  const text = JSON.stringify([ctx.principal.id, method, own])
  return createHash('sha256').update(text).digest('base64url')
}
