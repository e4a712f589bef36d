import { isIP } from 'node:net'
import { type AddressClass, classifyAddress } from '../../../src/address-class.ts'
import { bareHost } from '../../../src/network.ts'
import type { Report } from './issue.ts'

const loopbackNames =
  /^(?:(?:.*\.)?localhost|localhost\.localdomain|localhost6|ip6-(?:localhost|loopback))$/
const metadataNames =
  /^(?:metadata(?:\.google\.internal|\.goog)?|instance-data(?:\.ec2\.internal)?)$/
/** Names that only a network of one's own answers (RFC 6762, RFC 8375, and what people use). */
const privateNames =
  /^[^.]+$|\.(?:local|internal|localdomain|lan|home|corp|intranet|private|home\.arpa)$/
const label = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/

/**
 * Checks a host as it was written: what it leads to first, then how it is spelled. A name is
 * judged by itself; what it resolves to is another step (`resolveAndCheck`).
 */
export function checkHost(written: string, path: readonly string[], report: Report): void {
  const plain = written.replace(/\.+$/, '').toLowerCase()
  const host = normalizeHost(plain)
  if (host === undefined) return report('host', path)
  const found = isIP(host) === 0 ? classifyName(host) : classifyAddress(host)
  if (found !== 'public') report(found, path)
  checkSpelling(written, plain, host, path, report)
  const isName = isIP(host) === 0
  if (isName && (host.length > 253 || !host.split('.').every((part) => label.test(part)))) {
    report('host', path)
  }
}

/** What every URL parser makes of it: 2130706433 and ⓛocalhost are unfolded, IPv6 loses its brackets. */
function normalizeHost(plain: string): string | undefined {
  if (plain === '' || !URL.canParse(`https://${plain}/`)) return undefined
  return bareHost(new URL(`https://${plain}/`).hostname)
}

function classifyName(name: string): AddressClass {
  if (loopbackNames.test(name)) return 'loopback'
  if (metadataNames.test(name)) return 'metadata'
  return privateNames.test(name) ? 'private' : 'public'
}

function checkSpelling(
  written: string,
  plain: string,
  host: string,
  path: readonly string[],
  report: Report
): void {
  const isInternational = /[^\p{ASCII}]/u.test(plain) && host.includes('xn--')
  // IPv6 has many honest spellings of one address.
  if (plain !== host && isIP(host) !== 6) {
    report(isInternational ? 'international' : 'disguised', path)
  }
  if (written.endsWith('.')) report('trailing_dot', path)
}
