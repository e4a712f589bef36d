import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type AddressClass =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link_local'
  | 'metadata'
  | 'shared'
  | 'unspecified'
  | 'reserved'

/** Where clouds hand credentials to whoever asks; not all of them lie in a private range. */
const metadataAddresses = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254'
])

/** What ipaddr.js calls a range, in our words; whatever is missing here is reserved. */
const classes = new Map<string, AddressClass>([
  ['unicast', 'public'],
  ['loopback', 'loopback'],
  ['private', 'private'],
  ['uniqueLocal', 'private'],
  ['deprecatedSiteLocal', 'private'],
  ['linkLocal', 'link_local'],
  ['carrierGradeNat', 'shared'],
  ['unspecified', 'unspecified']
])

/**
 * What stands behind an IP address literal (no brackets, no zone). An IPv4 address inside an IPv6
 * one counts as itself, and as reserved when it is a public one: nobody honest writes it so.
 */
export function classifyAddress(text: string): AddressClass {
  if (isIP(text) === 0) return 'reserved'
  const address = ipaddr.parse(text)
  if (address.kind() === 'ipv4') return classify(address)
  const embedded = embeddedAddress(address as ipaddr.IPv6)
  if (!embedded) return classify(address)
  const inner = classify(embedded)
  return inner === 'public' ? 'reserved' : inner
}

function classify(address: ipaddr.IPv4 | ipaddr.IPv6): AddressClass {
  const isIPv6 = address.kind() === 'ipv6'
  const name = isIPv6 ? (address as ipaddr.IPv6).toRFC5952String() : address.toString()
  if (metadataAddresses.has(name)) return 'metadata'
  const found = classes.get(address.range()) ?? 'reserved'
  if (found !== 'public' || !isIPv6) return found
  // RFC 4291, 2.4: global unicast addresses are assigned from 2000::/3 only.
  const [first = 0] = (address as ipaddr.IPv6).parts
  return first >> 13 === 1 ? 'public' : 'reserved'
}

/** ::ffff:a.b.c.d, the old ::a.b.c.d, and the two NAT64 forms of RFC 6052 and RFC 6145. */
function embeddedAddress(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const { parts } = address
  const isCompatible = parts.slice(0, 6).every((part) => part === 0) && (parts[6] ?? 0) !== 0
  const range: string = address.range()
  if (!isCompatible && !['ipv4Mapped', 'rfc6145', 'rfc6052'].includes(range)) return undefined
  return new ipaddr.IPv4(address.toByteArray().slice(12))
}
