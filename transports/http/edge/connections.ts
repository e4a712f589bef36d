import { BlockList, isIP, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { networkOf } from '../../../src/network.ts'

export interface ConnectionLimits {
  readonly max: number
  readonly maxPerAddress: number
  /** Addresses and CIDRs of proxies, behind which many clients share an address. */
  readonly proxies: readonly string[]
}

interface Guest {
  readonly network: string
  readonly peer: string
  /** Has shown a good credential on this connection. */
  isKnown: boolean
}

/**
 * Caps open connections, per address and in all. When the house is full, a newcomer takes the place
 * of the oldest connection that has not shown a credential, from the address that holds most of
 * them: whoever only opens connections and waits cannot keep out whoever has a key.
 */
export function addConnectionLimits(app: FastifyInstance, limits: ConnectionLimits): void {
  const isProxy = compileNetworks(limits.proxies)
  const guests = new Map<Socket, Guest>()
  const all = new Map<string, Set<Socket>>()
  const unknown = new Map<string, Set<Socket>>()

  /** TLS puts a socket of its own before that of the connection; both have the same peer. */
  const byPeer = new Map<string, Socket>()

  app.decorate('recognize', (used: Socket) => {
    const socket = guests.has(used) ? used : byPeer.get(peerOf(used))
    const guest = socket && guests.get(socket)
    if (!guest || guest.isKnown) return
    guest.isKnown = true
    forget(unknown, guest.network, socket)
  })

  app.server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? ''
    const network = networkOf(address)
    const mine = all.get(network)?.size ?? 0
    const isCrowded = mine >= limits.maxPerAddress && !isProxy(address)
    if (isCrowded || (guests.size >= limits.max && !makeRoom())) {
      socket.destroy()
      return
    }
    const peer = peerOf(socket)
    guests.set(socket, { network, peer, isKnown: false })
    byPeer.set(peer, socket)
    remember(all, network, socket)
    remember(unknown, network, socket)
    socket.once('close', () => leave(socket))
  })

  function leave(socket: Socket): void {
    const guest = guests.get(socket)
    if (!guest) return
    guests.delete(socket)
    if (byPeer.get(guest.peer) === socket) byPeer.delete(guest.peer)
    forget(all, guest.network, socket)
    forget(unknown, guest.network, socket)
  }

  function makeRoom(): boolean {
    let largest: Set<Socket> | undefined
    for (const sockets of unknown.values()) {
      if (sockets.size > (largest?.size ?? 0)) largest = sockets
    }
    const [oldest] = largest ?? []
    if (!oldest) return false
    leave(oldest)
    oldest.destroy()
    return true
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

function compileNetworks(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

function remember(sets: Map<string, Set<Socket>>, network: string, socket: Socket): void {
  const sockets = sets.get(network)
  if (sockets) sockets.add(socket)
  else sets.set(network, new Set([socket]))
}

function forget(sets: Map<string, Set<Socket>>, network: string, socket: Socket): void {
  const sockets = sets.get(network)
  sockets?.delete(socket)
  if (sockets?.size === 0) sets.delete(network)
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Tells the connection limits that a good credential came over this connection. */
    recognize(socket: Socket): void
  }
}
