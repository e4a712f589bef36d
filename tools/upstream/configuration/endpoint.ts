import { createRedactor } from '../../../src/redact.ts'
import { checkHost } from './host.ts'
import type { Report } from './issue.ts'

const maxLength = 2048
/** White space, control and invisible characters, and what RFC 3986 leaves out. */
const forbiddenCharacters = /[\s\p{Cc}\p{Cf}<>"`\\{}|^]/u
const clusterService = /^[^/:@?#]+\.svc\.cluster\.local(?::[^/?#]*)?$/i
const legalPath = /^(?:[\w\-.~!$&'()*+,;=:@/]|%[\da-f]{2})*$/i
const encodedControl = /%(?:[01][\da-f]|7f)/i
/** Mail, shells and the like: whoever asks for them wants our server to speak to those. */
const servicePorts = new Set([22, 23, 25, 110, 143, 993, 995])

interface Parts {
  readonly scheme: string
  readonly userinfo?: string
  readonly host: string
  readonly port?: string
  readonly path: string
  readonly query: string
  readonly hasFragment: boolean
}

/**
 * Checks the address of a server and returns it as a URL, or undefined when it is none. The host
 * comes before the scheme, so that http://localhost is told about the host.
 */
export function checkEndpoint(
  text: string,
  path: readonly string[],
  report: Report
): string | undefined {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.length > maxLength) return void report('malformed', path)
  if (forbiddenCharacters.test(trimmed)) report('injection', path)
  // Inside a cluster there is one form without a scheme: service.namespace.svc.cluster.local:port.
  const isService = clusterService.test(trimmed)
  const parts = split(isService ? `http://${trimmed}/` : trimmed)
  if (!parts) return void report('malformed', path)
  checkHost(parts.host, path, report)
  if (isService && parts.host.split('.').length < 5) report('malformed', path)
  checkScheme(parts, path, report)
  if (parts.userinfo !== undefined) report('credentials', path)
  checkPort(parts.port, path, report)
  if (parts.hasFragment) report('fragment', path)
  checkPath(parts, path, report)
  const url = isService ? `http://${trimmed}/` : trimmed
  return URL.canParse(url) ? new URL(url).href : undefined
}

/** By hand, because a URL parser repairs what it should show: `\`, tabs, `..`, and disguised hosts. */
function split(text: string): Parts | undefined {
  const match = /^([a-z][a-z\d+.-]*):\/\/([^/?#]+)([^?#]*)(\?[^#]*)?(#.*)?$/isu.exec(text)
  if (!match) return undefined
  const [, scheme = '', authority = '', path = '', query = '', fragment] = match
  const at = authority.lastIndexOf('@')
  const place = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority.slice(at + 1))
  if (!place) return undefined
  const [, host = '', port] = place
  return {
    scheme: scheme.toLowerCase(),
    ...(at >= 0 && { userinfo: authority.slice(0, at) }),
    host,
    ...(port !== undefined && { port }),
    path,
    query,
    hasFragment: fragment !== undefined
  }
}

function checkScheme({ scheme }: Parts, path: readonly string[], report: Report): void {
  if (scheme === 'http') report('cleartext', path)
  else if (scheme !== 'https') report('scheme', path)
}

function checkPort(port: string | undefined, path: readonly string[], report: Report): void {
  if (port === undefined) return
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0
  if (number < 1 || number > 65_535) report('port', path)
  else if (servicePorts.has(number)) report('service_port', path)
}

function checkPath(parts: Parts, path: readonly string[], report: Report): void {
  const hasDots = parts.path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))
  const isLegal = legalPath.test(parts.path) && !encodedControl.test(parts.path + parts.query)
  if (hasDots || !isLegal) report('path', path)
  const names = [...new URLSearchParams(parts.query).keys()]
  const { isSensitiveName } = createRedactor()
  if (
    names.some((name) => isSensitiveName(name) || /^(?:key|code|sig|signature|auth)$/i.test(name))
  ) {
    report('credential_query', path)
  }
}
