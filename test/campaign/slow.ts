import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { send } from '../helpers/http.ts'
import type { Target } from './server.ts'

/** Clients that open connections and take their time, and what an honest one felt meanwhile. */
export interface SlowReport {
  readonly idleP99Ms: number
  readonly attackedP99Ms: number
  readonly honestCalls: number
  readonly honestFailures: number
  /** After how long the last attacker was closed. */
  readonly lastClosedMs: number
  readonly leftOpen: number
}

export interface SlowAttack {
  readonly slowHeaders: number
  readonly slowBodies: number
  readonly halfOpen: number
  /** When to stop waiting for the server to close them. */
  readonly patienceMs: number
}

const perAddress = 100
const dripMs = 3000

type Kind = 'headers' | 'body' | 'silent'

const beginnings: Readonly<Record<Kind, string>> = {
  headers: 'POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\n',
  body: 'POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 99999\r\n\r\n{',
  silent: ''
}
const drips: Readonly<Record<Kind, string>> = { headers: 'x-a: b\r\n', body: ' ', silent: '' }

/** The attackers come from 127.0.0.2 and on, a hundred each; the honest client from 127.0.0.1. */
export async function attackSlowly(target: Target, attack: SlowAttack): Promise<SlowReport> {
  const idle = await callFor(target, 2000)
  const kinds: readonly Kind[] = [
    ...Array.from({ length: attack.slowHeaders }, (): Kind => 'headers'),
    ...Array.from({ length: attack.slowBodies }, (): Kind => 'body'),
    ...Array.from({ length: attack.halfOpen }, (): Kind => 'silent')
  ]
  const startedMs = performance.now()
  let lastClosedMs = 0
  const open = new Set<Socket>()
  const attackers = kinds.map((kind, index) => {
    const localAddress = `127.0.0.${2 + Math.floor(index / perAddress)}`
    const socket = connect({ port: target.port, host: '127.0.0.1', localAddress })
    open.add(socket)
    const timer = setInterval(() => socket.write(drips[kind]), dripMs)
    socket
      .on('connect', () => socket.write(beginnings[kind]))
      .on('data', () => {})
      .on('error', () => {})
      .on('close', () => {
        clearInterval(timer)
        open.delete(socket)
        lastClosedMs = performance.now() - startedMs
      })
    return socket
  })
  const attacked = await callFor(target, attack.patienceMs, () => open.size === 0)
  const leftOpen = open.size
  for (const socket of attackers) socket.destroy()
  return {
    idleP99Ms: p99(idle.latencies),
    attackedP99Ms: p99(attacked.latencies),
    honestCalls: attacked.latencies.length,
    honestFailures: idle.failures + attacked.failures,
    lastClosedMs,
    leftOpen
  }
}

/** One call after another over a connection that is kept. */
async function callFor(
  { port, key }: Target,
  maxMs: number,
  isOver: () => boolean = () => false
): Promise<{ latencies: number[]; failures: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
  const latencies: number[] = []
  let failures = 0
  const endMs = performance.now() + maxMs
  while (performance.now() < endMs && !isOver()) {
    const sentMs = performance.now()
    const { status } = await send(`http://127.0.0.1:${port}/mcp`, { agent, headers, body }).catch(
      () => ({ status: 0 })
    )
    if (status !== 200) failures++
    latencies.push(performance.now() - sentMs)
    await wait(5)
  }
  agent.destroy()
  return { latencies, failures }
}

function p99(latencies: readonly number[]): number {
  const sorted = [...latencies].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN
}
