import type { ApiLimits, ApiSettings } from '../../src/settings/api-settings.ts'
import { exchange } from '../outside/exchange.ts'
import { openConnections } from './client/connections.ts'
import { parseBaseUrl } from './request/request.ts'
import { mustBePublic, readBase, readDocument } from './source.ts'

const maxBytes = 65_536

/** An API to look for: with its document, or by its address alone. */
export type Probed = { readonly settings: ApiSettings } | { readonly baseUrl: string }

export interface ProbeAnswer {
  readonly origin: string
  readonly status: number
}

/**
 * Asks an API whether it is there: HEAD on its base URL, without a credential, under the rules for
 * addresses that its tools have. Throws an ExchangeFailure, or an Error about the document.
 */
export async function probeApi(
  probed: Probed,
  limits: ApiLimits,
  signal: AbortSignal
): Promise<ProbeAnswer> {
  const base =
    'settings' in probed
      ? readBase(probed, await readDocument(probed))
      : parseBaseUrl(probed.baseUrl)
  const isDocuments = 'settings' in probed && mustBePublic(probed.settings, base)
  const connections = openConnections(limits, isDocuments)
  try {
    const url = new URL(`${base.origin}${base.path}/`)
    const request = { method: 'HEAD', url, headers: {} }
    const { status } = await exchange(connections.instance, request, { signal, maxBytes })
    return { origin: base.origin, status }
  } finally {
    connections.close()
  }
}
