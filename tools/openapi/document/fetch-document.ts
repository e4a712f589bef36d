import got from 'got'
import { RequestFilteringHttpsAgent } from 'request-filtering-agent'
import { type Answer, exchange, exchangeDefaults } from '../../outside/exchange.ts'
import { ExchangeFailure } from '../../outside/exchange-failure.ts'
import { checkPublicUrl, isAllowedHost, publicLookup } from './address-guard.ts'

const maxRedirects = 3

export interface FetchOptions {
  /** Hosts, with or without port, that may lie on a private network. */
  readonly allowedHosts: readonly string[]
  readonly maxBytes: number
  /** For the whole, redirects included. */
  readonly timeoutMs: number
}

/**
 * Fetches a document by https without any credential. Every address on the way, redirects included,
 * must be public or allowed by name. Throws an Error that says what is wrong.
 */
export async function fetchDocument(
  address: string,
  { allowedHosts, maxBytes, timeoutMs }: FetchOptions
): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs)
  let url = checkPublicUrl(address, allowedHosts)
  for (let redirects = 0; ; redirects++) {
    const answer = await fetchOnce(url, isAllowedHost(url, allowedHosts), maxBytes, signal)
    const { location } = answer.headers
    if (!isRedirect(answer.status) || location === undefined) return readDocument(answer)
    if (redirects === maxRedirects) throw new Error('it is redirected too often.')
    url = checkPublicUrl(resolveRedirect(location, url), allowedHosts)
  }
}

async function fetchOnce(
  url: URL,
  isAllowed: boolean,
  maxBytes: number,
  signal: AbortSignal
): Promise<Answer> {
  const https = isAllowed ? undefined : new RequestFilteringHttpsAgent({ lookup: publicLookup })
  const instance = got.extend({
    ...exchangeDefaults,
    ...(https && { agent: { https } }),
    headers: {
      accept: 'application/json, application/yaml, text/yaml;q=0.9, */*;q=0.5',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': 'portcullis-mcp'
    }
  })
  try {
    return await exchange(instance, { method: 'GET', url, headers: {} }, { signal, maxBytes })
  } catch (error) {
    if (error instanceof ExchangeFailure) throw new Error(explain(error, maxBytes))
    throw error
  } finally {
    https?.destroy()
  }
}

function explain({ kind, code }: ExchangeFailure, maxBytes: number): string {
  if (kind === 'too_large') return `it is larger than ${maxBytes} bytes.`
  if (kind === 'timeout') return 'it did not arrive in time.'
  if (kind === 'encoding') return 'it comes in an encoding that is not accepted.'
  // A refused address and a refused connection read alike: this must not become a port scanner.
  return kind === 'certificate'
    ? `its server has no valid certificate (${code}).`
    : 'it cannot be fetched: its host is unknown, unreachable or not on the public Internet.'
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

/** What is absolute stays as written, so that a disguised address in it can be told. */
function resolveRedirect(location: string, from: URL): string {
  return URL.canParse(location) ? location : new URL(location, from).href
}

function readDocument({ status, body }: Answer): string {
  if (status !== 200) throw new Error(`its server answered ${status}.`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new Error('it is not UTF-8 text.')
  }
}
