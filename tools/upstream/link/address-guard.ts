import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { type AddressClass, classifyAddress } from '../../../src/address-class.ts'
import { bareHost } from '../../../src/network.ts'

/** Every address of a name, as the system resolves it now. */
export type LookUp = (host: string) => Promise<readonly LookupAddress[]>

/** A name that leads, or is, where no server may be. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
  readonly found: AddressClass

  constructor(found: AddressClass) {
    super(`address refused: ${found}`)
    this.found = found
  }
}

/** Never, whatever the mode: nobody's MCP server is there, and what is there hands out secrets. */
const alwaysRefused: ReadonlySet<AddressClass> = new Set(['link_local', 'metadata', 'unspecified'])

export interface AddressGuard {
  /** Throws AddressRefused for an address literal that is not allowed; names pass. */
  checkHost(host: string): void
  /**
   * Resolves and checks in one step for a socket that is about to connect, so that no second
   * answer of the DNS can come between. One refused answer refuses them all.
   */
  readonly lookup: LookupFunction
}

/** Production: public addresses only. Development: those of the own machine and network, too. */
export function createAddressGuard(
  productionMode: boolean,
  resolve: LookUp = resolveAll
): AddressGuard {
  const check = (address: string): void => {
    const found = classifyAddress(address)
    if (found === 'public' || (!productionMode && !alwaysRefused.has(found))) return
    throw new AddressRefused(found)
  }
  return Object.freeze({
    checkHost(host: string) {
      const address = bareHost(host)
      if (isIP(address) !== 0) check(address)
    },
    lookup: ((host, { all }, callback) => {
      const answer = async (): Promise<readonly [LookupAddress, ...LookupAddress[]]> => {
        const [first, ...rest] = await resolve(host)
        if (!first) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' })
        for (const { address } of [first, ...rest]) check(address)
        return [first, ...rest]
      }
      answer().then(
        (addresses) =>
          all
            ? callback(null, [...addresses])
            : callback(null, addresses[0].address, addresses[0].family),
        (error: NodeJS.ErrnoException) => callback(error, '', 0)
      )
    }) satisfies LookupFunction
  })
}

function resolveAll(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((give, fail) => {
    lookup(host, { all: true, verbatim: true }, (error, addresses) =>
      error ? fail(error) : give(addresses)
    )
  })
}
