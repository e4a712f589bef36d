import { hash } from 'node:crypto'
import { ConfigError } from '../../../src/config-error.ts'
import { ToolError } from '../../../src/define-tool.ts'
import { isConfidential } from '../../../src/network.ts'
import type { ApiCredential } from '../../../src/settings/api-settings.ts'
import type { ReadSecret, Secret, SecretReference } from '../../../src/settings/secret-reference.ts'
import type { CallContext, Log } from '../../../src/types.ts'
import { createTokenSource } from '../../credentials/token-source.ts'
import { createTokenSender } from './token-sender.ts'

/** What a credential adds to a request. Header names are lower case. */
export interface Applied {
  readonly headers: Readonly<Record<string, string>>
  readonly query?: { readonly name: string; readonly value: string }
  /** Tells credentials apart, without being one. */
  readonly identity: string
  /** The API answered 401: forgets this credential. Absent when there is no other one to get. */
  refused?(): void
}

export interface Credential {
  /** Throws a ToolError when the caller did not bring what it must. */
  apply(ctx: CallContext): Applied | Promise<Applied>
}

type Service = Extract<ApiCredential, { mode: 'service' }>

export interface CredentialOptions {
  /** Name of the API in the configuration; messages name the setting with it. */
  readonly api: string
  readonly credential: ApiCredential
  readonly readSecret: ReadSecret
  readonly log: Log
  /** Monotonic milliseconds. */
  now(): number
}

/** Prepares a credential. Throws a ConfigError that names the setting, never its value. */
export function createCredential(options: CredentialOptions): Credential {
  const { credential } = options
  if (credential.mode === 'none') return { apply: () => anonymous }
  if (credential.mode === 'caller') return createCallerCredential(options, credential.header)
  return createServiceCredential(options, credential)
}

const anonymous: Applied = Object.freeze({ headers: Object.freeze({}), identity: 'none' })

/** Headers that carry the caller's credential for this server, or that the HTTP client owns. */
const forbiddenSources = /^(?:authorization|proxy-authorization|x-api-key|cookie|host|mcp-.*)$/i
const ownedHeaders =
  /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|accept-encoding)$/i

function createCallerCredential({ api }: CredentialOptions, header: string): Credential {
  const name = header.toLowerCase()
  // The inbound credential never leaves.
  if (forbiddenSources.test(name)) {
    throw new ConfigError(
      `apis.${api}.credential.header: must not be ${header}: the key for this server stays here`
    )
  }
  return {
    apply({ upstreamHeaders }) {
      const value = upstreamHeaders?.get(name)
      if (value === undefined || !isHeaderValue(value)) {
        throw new ToolError(
          `This API is called with the caller's own credential, so nothing was sent: connect with the header ${header}, such as "${header}: Bearer TOKEN".`
        )
      }
      return { headers: { authorization: value }, identity: digest(value) }
    }
  }
}

function createServiceCredential(options: CredentialOptions, service: Service): Credential {
  if (service.scheme === 'oauth2') return createOAuthCredential(options, service)
  const applied = Object.freeze(fixedCredential(options, service))
  return { apply: () => applied }
}

function fixedCredential(options: CredentialOptions, service: Service): Applied {
  const identity = 'service'
  const at = `apis.${options.api}.credential`
  if (service.scheme === 'basic') {
    const { user } = service
    if (user === undefined || /[:\p{Cc}]/u.test(user)) {
      throw new ConfigError(`${at}.user: is needed for basic, without ":"`)
    }
    const password = readSecretOf(options, 'password', service.password, /^\P{Cc}*$/u)
    const pair = Buffer.from(`${user}:${password}`).toString('base64')
    return { headers: { authorization: `Basic ${pair}` }, identity }
  }
  if (service.scheme === 'bearer') {
    const token = readSecretOf(options, 'token', service.token, /^[\x21-\x7e]+$/)
    return { headers: { authorization: `Bearer ${token}` }, identity }
  }
  const name = service.name ?? ''
  if (service.scheme === 'query') {
    if (name === '') throw new ConfigError(`${at}.name: is needed for query`)
    const value = readSecretOf(options, 'token', service.token, /^\P{Cc}+$/u)
    return { headers: {}, query: { name, value }, identity }
  }
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || ownedHeaders.test(name)) {
    throw new ConfigError(`${at}.name: must be the name of a header that a client may set`)
  }
  const value = readSecretOf(options, 'token', service.token, headerValue)
  return { headers: { [name.toLowerCase()]: value }, identity }
}

function createOAuthCredential(options: CredentialOptions, service: Service): Credential {
  const at = `apis.${options.api}.credential`
  const { tokenUrl, clientId, scopes = [] } = service
  // RFC 6749, section 2.3.1: the client's secret wants TLS.
  if (tokenUrl === undefined || !isConfidential(new URL(tokenUrl))) {
    throw new ConfigError(
      `${at}.tokenUrl: is needed for oauth2, as an https URL (http only on a loopback host)`
    )
  }
  if (clientId === undefined) throw new ConfigError(`${at}.clientId: is needed for oauth2`)
  const clientSecret = readSecretOf(options, 'clientSecret', service.clientSecret, /^\P{Cc}+$/u)
  const { log, now } = options
  const tokens = createTokenSource({
    credentials: { tokenUrl, clientId, clientSecret, scopes },
    send: createTokenSender(),
    refuse: () => new ToolError(noToken),
    log,
    now
  })
  return {
    async apply({ signal }) {
      const token = await tokens.get(signal)
      return {
        headers: { authorization: `Bearer ${token}` },
        identity: 'service',
        refused: () => tokens.reject(token)
      }
    }
  }
}

const noToken =
  'The API cannot be used at the moment: its authorization server gave no token, so nothing was sent. Try again later; if it stays so, tell the operator.'

function readSecretOf(
  { api, readSecret }: CredentialOptions,
  key: 'token' | 'password' | 'clientSecret',
  given: Secret | undefined,
  allowed: RegExp
): string {
  const setting = `apis.${api}.credential.${key}`
  if (given === undefined) throw new ConfigError(`${setting}: is needed for this scheme`)
  const value = typeof given === 'string' ? given : resolve(setting, given, readSecret)
  if (value === '') throw new ConfigError(`${setting}: is empty`)
  if (!allowed.test(value)) {
    throw new ConfigError(`${setting}: holds characters that cannot be sent, such as a line break`)
  }
  return value
}

function resolve(setting: string, reference: SecretReference, readSecret: ReadSecret): string {
  try {
    return readSecret(reference)
  } catch (cause) {
    const where =
      'env' in reference
        ? `the environment variable ${reference.env}`
        : `the file ${reference.file}`
    throw new ConfigError(`${setting}: ${where} cannot be read`, { cause })
  }
}

const headerValue = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

function isHeaderValue(text: string): boolean {
  return headerValue.test(text)
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url')
}
