import { raceAbort } from '../../src/call/race-abort.ts'
import { isRecord, parseJson } from '../../src/json.ts'
import { describeError } from '../../src/log.ts'
import type { Log } from '../../src/types.ts'

/** What a token request may take and bring, whoever sends it. */
export const tokenLimits = { timeoutMs: 10_000, maxBytes: 64 * 1024 } as const

const defaultLifeMs = 300_000
const maxMarginMs = 30_000

export interface ClientCredentials {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: readonly string[]
}

/** Access tokens of the OAuth 2.0 client credentials grant (RFC 6749, 4.4). */
export interface TokenSource {
  /** A token that is still good; asked for once, however many callers wait. */
  get(signal: AbortSignal): Promise<string>
  /** The server refused this token: the next caller gets a new one. */
  reject(token: string): void
}

/** A form to an authorization server. */
export interface TokenRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface TokenSourceOptions {
  readonly credentials: ClientCredentials
  /** Sends the request within `tokenLimits`, with no redirect: it holds the client's secret. */
  send(request: TokenRequest): Promise<{ readonly status: number; readonly body: Uint8Array }>
  /** What callers are told when there is no token. */
  refuse(): Error
  readonly log: Log
  /** Monotonic milliseconds. */
  now(): number
}

interface Token {
  readonly text: string
  /** Monotonic; some time before the server forgets it. */
  readonly staleMs: number
}

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { log, now } = options
  let token: Token | undefined
  let pending: Promise<Token> | undefined
  const renew = async (): Promise<Token> => {
    try {
      token = await requestToken(options)
      return token
    } catch (error) {
      log.warn('OAuth token refused', { error: describeError(error) })
      throw options.refuse()
    } finally {
      pending = undefined
    }
  }
  return Object.freeze({
    async get(signal: AbortSignal) {
      if (token && token.staleMs > now()) return token.text
      pending ??= renew()
      return (await raceAbort(pending, signal)).text
    },
    reject(text: string) {
      if (token?.text === text) token = undefined
    }
  })
}

async function requestToken({ credentials, send, now }: TokenSourceOptions): Promise<Token> {
  const { tokenUrl, clientId, clientSecret, scopes } = credentials
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scopes.length > 0) form.set('scope', scopes.join(' '))
  const startedMs = now()
  const answer = await send({
    url: new URL(tokenUrl),
    headers: {
      accept: 'application/json',
      'user-agent': 'portcullis-mcp',
      authorization: `Basic ${encodeClient(clientId, clientSecret)}`,
      'content-type': 'application/x-www-form-urlencoded'
    },
    body: form.toString()
  })
  if (answer.status !== 200) throw new Error(`status ${answer.status}`)
  return readToken(answer.body, startedMs)
}

/** RFC 6749, 2.3.1: both are form-encoded before they are joined. */
function encodeClient(clientId: string, clientSecret: string): string {
  const encode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)
  return Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')
}

function readToken(body: Uint8Array, startedMs: number): Token {
  const answer = parseJson(Buffer.from(body).toString('utf8'))
  const { access_token: text, token_type: type, expires_in: life } = isRecord(answer) ? answer : {}
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) throw new Error('no access_token')
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer')
    throw new Error('no bearer token')
  const seconds = Number(life)
  const lifeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : defaultLifeMs
  return { text, staleMs: startedMs + lifeMs - Math.min(maxMarginMs, lifeMs / 10) }
}
