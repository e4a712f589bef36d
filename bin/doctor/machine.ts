import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { readKeyStore, resolveKeyStore } from '../../src/identity/key-store.ts'
import {
  type Check,
  configured,
  type Finding,
  fail,
  type Patient,
  pass,
  skip,
  warn
} from './check.ts'

/** What of the machine matters. */
export interface Machine {
  /** Without the `v`. */
  readonly node: string
  /** Undefined where there are no such numbers. */
  readonly uid?: number
  /** Soft limit of open files of this process; undefined where it cannot be read. */
  readonly maxDescriptors?: number
  /** Ports below are for programs with a privilege that this process lacks. */
  readonly lowestPort: number
  /** IP addresses of all interfaces. */
  readonly addresses: readonly string[]
  readonly nowMs: number
}

export function readMachine(): Machine {
  const uid = process.getuid?.()
  const maxDescriptors = readMaxDescriptors()
  return Object.freeze({
    node: process.versions.node,
    ...(uid !== undefined && { uid }),
    ...(maxDescriptors !== undefined && { maxDescriptors }),
    lowestPort: readLowestPort(),
    addresses: Object.values(networkInterfaces()).flatMap((each) =>
      (each ?? []).map(({ address }) => address)
    ),
    nowMs: Date.now()
  })
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function readMaxDescriptors(): number | undefined {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(readText('/proc/self/limits')) ?? []
  if (soft === undefined) return undefined
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft)
}

/** capabilities(7): CAP_NET_BIND_SERVICE. */
const bindServiceBit = 10n

function readLowestPort(): number {
  const [, mask] = /^CapEff:\s*([\da-f]+)/m.exec(readText('/proc/self/status')) ?? []
  const mayBind = mask !== undefined && ((BigInt(`0x${mask}`) >> bindServiceBit) & 1n) === 1n
  if (mayBind || process.platform !== 'linux') return 1
  return Number(readText('/proc/sys/net/ipv4/ip_unprivileged_port_start')) || 1024
}

/** Last day of security fixes, by major version (nodejs/Release). */
const endOfLife = new Map([
  [20, '2026-04-30'],
  [22, '2027-04-30'],
  [24, '2028-04-30']
])

function checkNode({ machine: { node, nowMs } }: Patient): Finding {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  const isSupported = major > 20 || (major === 20 && minor >= 19)
  if (!isSupported) return fail(`Node ${node} is too old`, 'install Node 20.19 or later, better 24')
  const end = endOfLife.get(major)
  const isOver = end !== undefined && Date.parse(end) < nowMs
  if (isOver || major % 2 === 1) {
    return warn(`Node ${node} gets no security fixes any more`, 'install Node 24')
  }
  return pass(`Node ${node}`)
}

function checkUser({ machine: { uid } }: Patient): Finding {
  if (uid !== 0) return pass(uid === undefined ? 'no numeric users here' : `user ${uid}, not root`)
  return warn(
    'runs as root, and so would the server and every module of yours',
    'start it as a user of its own: User= in the systemd unit, runAsNonRoot in Kubernetes'
  )
}

/** Listening sockets, log, audit file, event loop and modules. */
const ownDescriptors = 64

const checkDescriptors = configured(({ transport, http, api, apis }, { machine }) => {
  const { maxDescriptors } = machine
  if (maxDescriptors === undefined) return skip('the limit of open files cannot be read here')
  const hasApi = api.openapi !== undefined || api.baseUrl !== undefined
  const sockets = (apis.length + (hasApi ? 1 : 0)) * api.maxSockets
  const needed = (transport === 'stdio' ? 0 : http.maxConnections) + sockets + ownDescriptors
  if (maxDescriptors >= needed)
    return pass(`${maxDescriptors} open files allowed, ${needed} needed`)
  return warn(
    `${maxDescriptors} open files allowed, ${needed} needed at the configured limits`,
    `LimitNOFILE=65536 in the systemd unit, ulimit -n 65536 in a shell; or lower http.maxConnections`
  )
})

/** Of the release that this is a part of: no good clock shows an earlier time. */
const releasedMs = Date.parse('2026-11-21')
const slackMs = 60_000

function checkClock({ config, machine: { nowMs } }: Patient): Finding {
  const mend = 'timedatectl set-ntp true, or start the time service of the machine'
  if (nowMs < releasedMs - 86_400_000) return fail('the clock is before this release', mend)
  const later = (config ? readCreationTimes(config.auth.keyStore) : []).filter(
    (atMs) => atMs > nowMs + slackMs
  )
  if (later.length === 0) return pass('the clock is not behind anything that was written earlier')
  return warn('the clock is behind: a key in the store was made in the future', mend)
}

function readCreationTimes(keyStore: string): readonly number[] {
  try {
    return readKeyStore(resolveKeyStore(keyStore)).map(({ created }) => Date.parse(created))
  } catch {
    // Its own check tells.
    return []
  }
}

export const machineChecks: readonly Check[] = [
  { id: 'machine.node', run: checkNode },
  { id: 'machine.user', run: checkUser },
  { id: 'machine.descriptors', run: checkDescriptors },
  { id: 'machine.clock', run: checkClock }
]
