import dns from 'node:dns'
import { closeSync, readdirSync, readlinkSync } from 'node:fs'

// Loaded into the server with --import: brings about over IPC what cannot be done from outside.
interface Order {
  /** What names resolve to: an error code, or `good` for loopback. */
  readonly dns?: string
  /** Closes the descriptors of this file behind everybody's back. */
  readonly closeFile?: string
}

let answer = 'good'

type Callback = (error: Error | null, address?: unknown, family?: number) => void

const { lookup: real } = dns

const lookup = (name: string, options: { all?: boolean }, done: Callback): void => {
  if (!name.endsWith('.test')) return real(name, options, done as never)
  if (answer !== 'good') {
    const error = Object.assign(new Error(`getaddrinfo ${answer} ${name}`), { code: answer })
    return void setImmediate(() => done(error))
  }
  const address = '127.0.0.1'
  setImmediate(() => (options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)))
}
Object.assign(dns, { lookup })

function closeFile(path: string): void {
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`) === path) closeSync(Number(fd))
    } catch {
      // The descriptor of this very listing is gone by now.
    }
  }
}

process.on('message', (order: Order) => {
  if (order.dns !== undefined) answer = order.dns
  if (order.closeFile !== undefined) closeFile(order.closeFile)
})
