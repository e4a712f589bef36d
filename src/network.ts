import { isIP } from 'node:net'

/**
 * What an address is limited by: itself, or for IPv6 its /64, since that is the least a client is
 * given (RFC 6177). An IPv4 address in IPv6 clothes counts as what it is. Clients that have left have
 * no address any more; they count as one.
 */
export function networkOf(address: string | undefined = ''): string {
  if (!address.includes(':')) return address
  const [plain = ''] = address.toLowerCase().split('%')
  const mapped = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)
  if (mapped?.[1] !== undefined) return mapped[1]
  const [head = '', tail] = plain.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  // A dotted end stands for two groups.
  const written = front.length + back.length + (plain.includes('.') ? 1 : 0)
  const zeros = Array.from({ length: Math.max(0, 8 - written) }, () => '0')
  const groups = tail === undefined ? front : [...front, ...zeros, ...back]
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

/** A host without the brackets that an IPv6 address has in a URL. */
export function bareHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

/** True for a host (an address with or without brackets) that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const address = bareHost(host)
  return (
    address === 'localhost' ||
    address === '::1' ||
    (isIP(address) === 4 && address.startsWith('127.'))
  )
}

/** https, or http that does not leave this machine: what a secret or a key may travel by. */
export function isConfidential({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}
