import { createServer, type Socket } from 'node:net'
import { openPort } from './open-port.ts'

/** A place where calls of `gated-tools` wait until the test lets them go. */
export interface Gate {
  /** What the child needs in its environment to find the gate. */
  readonly env: { readonly GATE_PORT: string }
  /** Resolves when `count` calls in all have reached the gate. */
  reached(count: number): Promise<void>
  /** Resolves when `count` calls have left it, released or aborted. */
  left(count: number): Promise<void>
  /** Lets everybody pass, now and later. */
  open(): void
  close(): Promise<void>
}

export async function createGate(): Promise<Gate> {
  const waiting = new Set<Socket>()
  const watchers = new Set<() => void>()
  let reachedCount = 0
  let leftCount = 0
  let isOpen = false
  const wake = () => {
    for (const watcher of [...watchers]) watcher()
  }
  const server = createServer((socket) => {
    waiting.add(socket)
    socket.on('error', () => {})
    // Half-open sockets would keep the test alive.
    socket.on('end', () => socket.end())
    socket.once('close', () => {
      waiting.delete(socket)
      leftCount++
      wake()
    })
    socket.resume()
    if (isOpen) socket.end()
    reachedCount++
    wake()
  })
  const port = await openPort(server)
  const atLeast = (read: () => number, count: number) =>
    new Promise<void>((resolve) => {
      const watcher = () => {
        if (read() < count) return
        watchers.delete(watcher)
        resolve()
      }
      watchers.add(watcher)
      watcher()
    })
  return {
    env: { GATE_PORT: String(port) },
    reached: (count) => atLeast(() => reachedCount, count),
    left: (count) => atLeast(() => leftCount, count),
    open() {
      isOpen = true
      for (const socket of waiting) socket.end()
    },
    async close() {
      for (const socket of waiting) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
