import got, { type Got } from 'got'
import { ToolError } from '../../../src/define-tool.ts'
import { isRecord, parseJson } from '../../../src/json.ts'
import { describeError } from '../../../src/log.ts'
import type { Log } from '../../../src/types.ts'
import { exchange, exchangeDefaults } from './exchange.ts'

const timeoutMs = 10_000
const maxBytes = 64 * 1024
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
  /** The API refused this token: the next caller gets a new one. */
  reject(token: string): void
}

interface Token {
  readonly text: string
  /** Monotonic; some time before the server forgets it. */
  readonly staleMs: number
}

export function createTokenSource(
  credentials: ClientCredentials,
  log: Log,
  now: () => number
): TokenSource {
  const instance = got.extend({
    ...exchangeDefaults,
    headers: { accept: 'application/json', 'user-agent': 'portcullis-mcp' },
    timeout: { request: timeoutMs }
  })
  let token: Token | undefined
  let pending: Promise<Token> | undefined
  const renew = async (): Promise<Token> => {
    try {
      token = await requestToken(instance, credentials, now)
      return token
    } catch (error) {
      log.warn('OAuth token refused', { error: describeError(error) })
      throw new ToolError(
        'The API cannot be used at the moment: its authorization server gave no token, so nothing was sent. Try again later; if it stays so, tell the operator.'
      )
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

async function requestToken(
  instance: Got,
  { tokenUrl, clientId, clientSecret, scopes }: ClientCredentials,
  now: () => number
): Promise<Token> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scopes.length > 0) form.set('scope', scopes.join(' '))
  const startedMs = now()
  const answer = await exchange(
    instance,
    {
      method: 'POST',
      url: new URL(tokenUrl),
      headers: {
        authorization: `Basic ${encodeClient(clientId, clientSecret)}`,
        'content-type': 'application/x-www-form-urlencoded'
      },
      body: form.toString()
    },
    // Shared by all who wait: one caller's abort must not take it from the others.
    { signal: new AbortController().signal, maxBytes }
  )
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

async function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let give = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    give = () => reject(signal.reason)
    signal.addEventListener('abort', give, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', give)
  }
}
