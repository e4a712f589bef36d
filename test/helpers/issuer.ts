import { createServer, type ServerResponse } from 'node:http'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { openPort } from './open-port.ts'

export const audience = 'https://mcp.example.com/mcp'

interface Pair {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly jwk: object
}

export interface TokenOptions {
  readonly claims?: JWTPayload
  readonly header?: Readonly<Record<string, unknown>>
  /** Instead of the issuer's current key. */
  readonly pair?: Pair
}

/** An identity provider on loopback: it publishes keys and signs tokens with the newest. */
export interface Issuer {
  readonly url: string
  readonly jwksUri: string
  /** What the configuration says about it. */
  readonly settings: {
    readonly issuer: string
    readonly audience: string
    readonly jwksUri: string
  }
  /** How often its keys were asked for. */
  readonly fetches: () => number
  /** A good token for `alice`, but for what the options change; undefined takes a claim out. */
  token(options?: TokenOptions): Promise<string>
  /** Signs with a new key from now on; the old one is published beside it or not. */
  rotate(keepsOld: boolean): Promise<Pair>
  /** Answers with this instead of the keys; undefined: the keys again. */
  misbehave(answer: ((response: ServerResponse) => void) | undefined): void
  close(): Promise<void>
}

export async function makePair(kid: string, alg = 'ES256'): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

export async function startIssuer(): Promise<Issuer> {
  let count = 0
  let fetches = 0
  let misbehaviour: ((response: ServerResponse) => void) | undefined
  let published = [await makePair('key-0')]
  const server = createServer((_request, response) => {
    fetches++
    if (misbehaviour) return misbehaviour(response)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys: published.map(({ jwk }) => jwk) }))
  })
  const port = await openPort(server)
  const url = `http://127.0.0.1:${port}`
  const jwksUri = `${url}/keys`
  const current = (): Pair => published.at(-1)!
  return {
    url,
    jwksUri,
    settings: { issuer: url, audience, jwksUri },
    fetches: () => fetches,
    token({ claims = {}, header = {}, pair = current() } = {}) {
      const nowSeconds = Math.floor(Date.now() / 1000)
      const whole = {
        iss: url,
        aud: audience,
        sub: 'alice',
        iat: nowSeconds,
        exp: nowSeconds + 600,
        ...claims
      }
      return new SignJWT(JSON.parse(JSON.stringify(whole)))
        .setProtectedHeader({ alg: 'ES256', kid: pair.kid, ...header })
        .sign(pair.privateKey)
    },
    async rotate(keepsOld) {
      const pair = await makePair(`key-${++count}`)
      published = [...(keepsOld ? published : []), pair]
      return pair
    },
    misbehave(answer) {
      misbehaviour = answer
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    }
  }
}
