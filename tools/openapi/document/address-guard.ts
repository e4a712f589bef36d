import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { classifyAddress } from '../../../src/address-class.ts'
import { bareHost, isLoopback } from '../../../src/network.ts'

/**
 * True for an address of the public Internet. Private, local, reserved, translated and mapped
 * ranges are not: behind each of them may stand a machine of ours.
 */
export function isPublicAddress(address: string): boolean {
  return classifyAddress(address) === 'public'
}

/** True when the operator named this host, with or without the port. */
export function isAllowedHost(url: URL, allowedHosts: readonly string[]): boolean {
  const names = [url.hostname, url.host].map(bareHost)
  return allowedHosts.some((allowed) => names.includes(bareHost(allowed.toLowerCase())))
}

/**
 * Reads the URL of something that a document or an operator's command names. Throws an Error that
 * says what is wrong: only https, or http on a loopback host that was allowed by name, and no
 * address literal outside the public Internet.
 */
export function checkPublicUrl(text: string, allowedHosts: readonly string[]): URL {
  if (!URL.canParse(text)) throw new Error('it is not a URL.')
  const url = new URL(text)
  const isAllowed = isAllowedHost(url, allowedHosts)
  const host = bareHost(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isAllowed && isLoopback(host))) {
    throw new Error('it must be an https URL (http only on a loopback host that you named).')
  }
  if (url.username || url.password) throw new Error('its URL must not hold credentials.')
  // 0x7f.1, 2130706433 and 0177.0.0.1 are addresses in disguise: the parser has unfolded them.
  if (isIP(host) === 4 && !text.includes(host)) throw new Error('its host is a disguised address.')
  if (!isAllowed && isIP(host) !== 0 && !isPublicAddress(host)) throw new Error(notPublic)
  return url
}

const notPublic = 'its host is not on the public Internet.'

/**
 * `dns.lookup` that fails when any answer lies outside the public Internet. The connection uses
 * this very answer, so a second one cannot differ (DNS rebinding).
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '')
    const problem = addresses.find(({ address }) => !isPublicAddress(address))
    const [first] = addresses
    if (problem || !first) return callback(new Error(notPublic), '')
    if (options.all) answerAll(callback, addresses)
    else callback(null, first.address, first.family)
  })
}

function answerAll(callback: Parameters<LookupFunction>[2], addresses: LookupAddress[]): void {
  callback(null, addresses)
}
