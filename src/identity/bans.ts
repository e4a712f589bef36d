import { type Clock, monotonicClock } from '../clock.ts'
import { networkOf } from '../network.ts'

export interface BanOptions {
  /** So many failed logins within a minute are answered; the last of them bans. */
  readonly authFailuresPerMinute: number
  readonly banMs: number
  /** Called once per ban with the address that earned it. */
  readonly onBan: (address: string) => void
}

/** What a banned address is told. */
export interface Banned {
  readonly retryAfterMs: number
  /** Of this ban; the others need no line in the audit of their own. */
  readonly isFirstRefusal: boolean
}

/** Who guessed keys too often. Counted per address, IPv6 by /64; valid keys elsewhere never notice. */
export interface Bans {
  /** Undefined: not banned. */
  find(address: string): Banned | undefined
  /** Counts a failed login, unless the address was banned before it. */
  countFailure(address: string): Banned | undefined
}

interface Ban {
  readonly untilMs: number
  isReported: boolean
}

const minuteMs = 60_000
/** More addresses than this at once and those that failed longest ago are forgotten. */
const maxAddresses = 10_000

export function createBans(options: BanOptions, clock: Clock = monotonicClock): Bans {
  const failures = new Map<string, readonly number[]>()
  const bans = new Map<string, Ban>()

  function find(network: string): Banned | undefined {
    const ban = bans.get(network)
    if (!ban) return undefined
    const retryAfterMs = Math.ceil(ban.untilMs - clock())
    if (retryAfterMs <= 0) {
      bans.delete(network)
      return undefined
    }
    const isFirstRefusal = !ban.isReported
    ban.isReported = true
    return { retryAfterMs, isFirstRefusal }
  }

  function count(network: string, address: string): void {
    const now = clock()
    const recent = (failures.get(network) ?? []).filter((atMs) => atMs > now - minuteMs)
    failures.delete(network)
    if (recent.length + 1 < options.authFailuresPerMinute) {
      keep(failures, network, [...recent, now])
      return
    }
    keep(bans, network, { untilMs: now + options.banMs, isReported: false })
    options.onBan(address)
  }

  return Object.freeze({
    find: (address: string) => (bans.size === 0 ? undefined : find(networkOf(address))),
    countFailure(address: string) {
      const network = networkOf(address)
      const banned = find(network)
      if (!banned) count(network, address)
      return banned
    }
  })
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > maxAddresses && oldest !== undefined) map.delete(oldest)
}
