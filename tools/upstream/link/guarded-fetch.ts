import { fetch as httpFetch } from 'undici'
import type { AddressGuard } from './address-guard.ts'
import { capResponse } from './capped-body.ts'
import type { Credential } from './credential.ts'
import { createGuardedAgent } from './guarded-agent.ts'

/** As much as a child may write in one line. */
const maxAnswerBytes = 10 * 1024 * 1024

/** HTTP to one origin and nowhere else, with our credential and nobody else's. */
export interface GuardedFetch {
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
  /** Cuts every connection. */
  close(): Promise<void>
}

export interface FetchOptions {
  readonly endpoint: URL
  readonly guard: AddressGuard
  readonly verifyTls: boolean
  readonly credential: Credential
}

export function createGuardedFetch(options: FetchOptions): GuardedFetch {
  const { endpoint, guard, credential } = options
  const agent = createGuardedAgent(options)
  const send = async (url: URL, init: RequestInit): Promise<Response> => {
    const own = new Headers(init.headers)
    for (const [name, value] of await credential.headers(init.signal ?? undefined)) {
      own.set(name, value)
    }
    // A redirect is the SDK's to follow, within the origin; it comes through here again.
    const request = { ...init, headers: [...own], redirect: 'manual', dispatcher: agent }
    const response = await httpFetch(url, request as Parameters<typeof httpFetch>[1])
    return capResponse(response as unknown as Response, maxAnswerBytes, true)
  }
  return {
    async fetch(given, init = {}) {
      const url = new URL(given)
      if (url.origin !== endpoint.origin) throw new Error('address outside of the server')
      guard.checkHost(url.hostname)
      const response = await send(url, init)
      if (response.status !== 401 || !credential.renew()) return response
      await response.body?.cancel()
      return send(url, init)
    },
    close: () => agent.destroy()
  }
}
