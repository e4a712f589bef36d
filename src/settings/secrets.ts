import { listSettings } from '../config.ts'
import { isRecord } from '../json.ts'
import { censored, createRedactor } from '../redact.ts'
import type { Config } from '../settings.ts'
import type { ApiCredential } from './api-settings.ts'
import type { SecretReference } from './secret-reference.ts'
import { sourcesOf } from './setting.ts'

/** The value behind a reference; undefined when it leads to nothing. */
export type FindSecret = (reference: SecretReference) => string | undefined

/**
 * Every secret that a configuration holds or leads to: settings marked as secret, credentials of
 * APIs, userinfo and secret parameters of URLs.
 */
export function listSecrets(config: Config, find: FindSecret): readonly string[] {
  const marked = listSettings()
    .filter(({ schema }) => sourcesOf(schema).secret)
    .flatMap(({ key }) => textsAt(config, key.split('.')))
  const urls = listUrls(config).flatMap(listUrlSecrets)
  return [...new Set([...marked, ...listOutboundSecrets(config, find), ...urls])]
}

/** What is shown to mounted APIs and to MCP servers. */
export function listOutboundSecrets(
  { api, apis, client, servers }: Config,
  find: FindSecret
): readonly string[] {
  return [
    ...(api.token === undefined ? [] : [api.token]),
    ...(client.token === undefined ? [] : [client.token]),
    ...apis.flatMap(({ credential }) => listCredential(credential, find)),
    ...listServerSecrets(servers, find)
  ]
}

function textsAt(value: unknown, [name, ...rest]: readonly string[]): readonly string[] {
  if (name !== undefined) return isRecord(value) ? textsAt(value[name], rest) : []
  return [value].flat().filter((text) => typeof text === 'string')
}

function listCredential(credential: ApiCredential, find: FindSecret): readonly string[] {
  if (credential.mode !== 'service') return []
  const { token, password, clientSecret } = credential
  return [token, password, clientSecret].flatMap((given) => {
    const text = given === undefined || typeof given === 'string' ? given : find(given)
    return text === undefined ? [] : [text]
  })
}

/** Of MCP servers: what a name such as `token`, `Authorization` or `GITHUB_PAT_KEY` tells of. */
function listServerSecrets(servers: Config['servers'], find: FindSecret): readonly string[] {
  const { isSensitiveName } = createRedactor()
  const walk = (value: unknown, isSecret: boolean): readonly string[] => {
    if (typeof value === 'string') return isSecret ? [value, ...afterScheme(value)] : []
    if (typeof value !== 'object' || value === null) return []
    if (isSecret && isReference(value)) return walk(find(value), true)
    return Object.entries(value).flatMap(([name, child]) => walk(child, isSensitiveName(name)))
  }
  return walk(typeof servers === 'string' ? parseOrNothing(servers) : servers, false)
}

function isReference(value: object): value is SecretReference {
  const [given] = Object.values(value)
  return (
    Object.keys(value).length === 1 &&
    typeof given === 'string' &&
    /^(?:env|file)$/.test(Object.keys(value)[0] ?? '')
  )
}

/** The token of `Bearer TOKEN`. */
function afterScheme(value: string): readonly string[] {
  const token = /^\w+ +(\S+)$/.exec(value)?.[1]
  return token === undefined ? [] : [token]
}

/** Whoever needs the servers says what is wrong with the text. */
function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Texts of the configuration that are URLs. */
function listUrls(value: unknown): readonly URL[] {
  if (typeof value === 'string') return URL.canParse(value) ? [new URL(value)] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(listUrls)
}

/** A text to show: of a URL, without what `listSecrets` finds in it, however short. */
export function censorUrl(text: string): string {
  if (!URL.canParse(text) || listUrlSecrets(new URL(text)).length === 0) return text
  const url = new URL(text)
  if (url.password !== '') url.password = censored
  else if (url.username !== '') url.username = censored
  for (const name of new Set(url.searchParams.keys())) {
    if (secretParameter.test(name)) url.searchParams.set(name, censored)
  }
  return url.href
}

const secretParameter = /^(?:.*[-_])?(?:key|token|secret|password|sig|signature|auth|code)$/i

function listUrlSecrets({ password, username, searchParams }: URL): readonly string[] {
  const parameters = [...searchParams].filter(([name]) => secretParameter.test(name))
  return [
    ...[password, password === '' ? username : ''].map(decodeOrKeep),
    ...parameters.map(([, text]) => text)
  ].filter((text) => text !== '')
}

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
