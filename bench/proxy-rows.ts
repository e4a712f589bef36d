import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runLoad } from './client.ts'
import type { HttpLoad } from './http-rows.ts'
import { besideClient, type Pinning, pinned } from './pinning.ts'
import { findProxy, type ProxyProgram, readCpuSeconds, startProxy } from './proxy-process.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { type Caller, openSession } from './session-client.ts'
import { median, min } from './statistics.ts'
import { openStdio } from './stdio-client.ts'

/*
 * What a proxy adds to a call of a server on stdio. Every proxy serves one session of the 2025 era
 * over streamable HTTP and has one child, which runs on the client's core.
 */

/** One proxy over all rounds, or the child without one. */
export interface ProxyRow {
  readonly name: string
  /** User and system time of the proxy's own process; 0 where there is none. */
  readonly cpuSecondsPer10k: number
  /** Under the whole load. */
  readonly callsPerSecond: number
  /** One call at a time. */
  readonly p50Ms: number
  /** `p50Ms` less that of the child without a proxy. */
  readonly addedMs: number
}

export interface Proxies {
  readonly rows: readonly ProxyRow[]
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

type Sample = Omit<ProxyRow, 'name' | 'addedMs'>
type Proxy = Pick<ServerProcess, 'pid' | 'port' | 'stop'>

interface Contender {
  readonly name: string
  /** Starts it, works with it and ends it; `directory` is for what it writes. */
  measure(directory: string): Promise<Sample>
}

const childScript = fileURLToPath(new URL('./servers/stdio-echo.js', import.meta.url))

/** Visits every contender once a round; the programs of others only where they are installed. */
export async function measureProxies(
  load: HttpLoad,
  pinning: Pinning | undefined
): Promise<Proxies> {
  if (process.platform !== 'linux') {
    return { rows: [], skipped: [{ name: 'all', reason: 'CPU time is read from /proc' }] }
  }
  const programs = [findProxy('mcp-proxy'), findProxy('supergateway')]
  const found = programs.filter((program) => 'script' in program)
  const contenders = listContenders(found, load, pinning)
  const samples = contenders.map((): Sample[] => [])
  for (let round = 0; round < load.rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      samples[index]?.push(await takeSample(contender))
    }
  }
  return {
    rows: summarize(contenders, samples),
    skipped: programs.filter((program) => 'reason' in program)
  }
}

/** The child without a proxy comes first. */
function listContenders(
  programs: readonly ProxyProgram[],
  load: HttpLoad,
  pinning: Pinning | undefined
): readonly Contender[] {
  const child = pinned(besideClient(pinning), [process.execPath, childScript]).flat()
  const upstream = JSON.stringify(child)
  return [
    {
      name: 'no proxy: stdio',
      measure: async () => timeCaller(await openStdio(child), load)
    },
    {
      name: 'portcullis',
      async measure(directory) {
        const options = { server: 'portcullis-stdio', directory, pinning, upstream } as const
        return timeProxy(await startServer(options), 'bench__echo', load)
      }
    },
    ...programs.map((program) => ({
      name: `${program.name} ${program.version}`,
      measure: async () => timeProxy(await startProxy(program, child, pinning), 'echo', load)
    }))
  ]
}

async function takeSample({ name, measure }: Contender): Promise<Sample> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
  try {
    return await measure(directory)
  } catch (cause) {
    throw new Error(`row ${name}: ${(cause as Error).message}`, { cause })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function timeProxy(proxy: Proxy, tool: string, load: HttpLoad): Promise<Sample> {
  const { pid, port, stop } = proxy
  const { concurrency } = load
  try {
    return await timeCaller(await openSession({ port, concurrency, tool }), load, pid)
  } finally {
    await stop()
  }
}

async function timeCaller(
  { call, close }: Caller,
  { warmUpCalls, calls, concurrency }: HttpLoad,
  pid?: number
): Promise<Sample> {
  const cpuSeconds = (): number => (pid === undefined ? 0 : readCpuSeconds(pid))
  try {
    await runLoad(call, { calls: warmUpCalls, concurrency })
    const before = cpuSeconds()
    const { requestsPerSecond } = await runLoad(call, { calls, concurrency })
    const after = cpuSeconds()
    const { p50Ms } = await runLoad(call, { calls, concurrency: 1 })
    return {
      cpuSecondsPer10k: ((after - before) / calls) * 10_000,
      callsPerSecond: requestsPerSecond,
      p50Ms
    }
  } finally {
    await close()
  }
}

function summarize(
  contenders: readonly Contender[],
  samples: readonly (readonly Sample[])[]
): readonly ProxyRow[] {
  const rows = contenders.map(({ name }, index) => {
    const of = (key: keyof Sample): number[] => (samples[index] ?? []).map((one) => one[key])
    return {
      name,
      cpuSecondsPer10k: min(of('cpuSecondsPer10k')),
      callsPerSecond: median(of('callsPerSecond')),
      p50Ms: median(of('p50Ms'))
    }
  })
  const baseMs = rows[0]?.p50Ms ?? 0
  return rows.map((row) => ({ ...row, addedMs: row.p50Ms - baseMs }))
}
