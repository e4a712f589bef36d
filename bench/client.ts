import { Agent } from 'node:http'
import { callEcho, echoText } from './call.ts'

/** So many calls, at most `concurrency` of them at a time. */
export interface Load {
  readonly calls: number
  readonly concurrency: number
}

export interface Timing {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** What every call of a row is answered with: the echo, or a refusal. */
export type Expected = 200 | 401 | 429

export interface ClientOptions {
  readonly port: number
  readonly concurrency: number
  readonly expected: Expected
  /** What `echo` is called there. */
  readonly tool: string
}

/** A keep-alive client of one server, with `concurrency` connections at most. */
export interface Client {
  /** Throws unless a call is answered with exactly the echoed text, as such or in JSON. */
  prove(): Promise<void>
  /** Makes `calls` calls and times each. Throws at the first wrong answer. */
  run(load: Load): Promise<Timing>
  close(): void
}

export function createClient({ port, concurrency, expected, tool }: ClientOptions): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const target = { agent, port, tool, hasKey: expected !== 401 }
  let id = 0

  async function call(): Promise<void> {
    const { status, text } = await callEcho(target, ++id)
    const isRight = expected !== 200 || text.includes(echoText)
    if (status !== expected || !isRight) throw wrong(status, text)
  }

  return {
    async prove() {
      const { status, text } = await callEcho(target, ++id)
      // Of a flood the first request is still answered.
      const isRight = expected !== 200 || readEcho(text) === echoText
      if (!isRight || (status !== expected && expected !== 429)) throw wrong(status, text)
    },
    run: (load) => runLoad(call, load),
    close: () => agent.destroy()
  }
}

/** Makes all calls of a load and times each; the first that fails ends it. */
export async function runLoad(call: () => Promise<void>, load: Load): Promise<Timing> {
  const latencies = new Float64Array(load.calls)
  let next = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < load.calls; index = next++) {
      const sentMs = performance.now()
      await call()
      latencies[index] = performance.now() - sentMs
    }
  }
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: load.concurrency }, work))
  return summarize(latencies, performance.now() - startedMs)
}

function wrong(status: number, text: string): Error {
  return new Error(`wrong answer: ${status} ${text.slice(0, 300)}`)
}

function readEcho(text: string): unknown {
  const answer = JSON.parse(text) as { result?: { content?: { text?: unknown }[] } }
  const echo = answer.result?.content?.[0]?.text
  return typeof echo === 'string' && echo.startsWith('{') ? JSON.parse(echo).text : echo
}

function summarize(latencies: Float64Array, elapsedMs: number): Timing {
  latencies.sort()
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0
  return {
    requestsPerSecond: (latencies.length / elapsedMs) * 1000,
    p50Ms: at(0.5),
    p99Ms: at(0.99)
  }
}
