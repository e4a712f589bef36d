import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClientOptions, createClient, type Expected, type Timing } from './client.ts'
import { besideClient, type Pinning } from './pinning.ts'
import { type ServerProcess, type ServerProcessOptions, startServer } from './server-process.ts'
import type { ServerName } from './servers/main.ts'
import { max, median, min } from './statistics.ts'

export interface HttpLoad {
  readonly warmUpCalls: number
  readonly calls: number
  readonly rounds: number
  readonly concurrency: number
}

/** One contender over all rounds. CPU is user plus system time of the server's process. */
export interface HttpRow {
  readonly name: string
  readonly server: ServerName
  readonly cpuSecondsPer10k: { readonly min: number; readonly median: number }
  /** Greatest CPU of a round by the least: how much else the machine had to do. */
  readonly spread: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly rssMb: number
}

interface Sample extends Timing {
  readonly cpuSecondsPer10k: number
  readonly rssMb: number
}

interface Contender {
  readonly server: ServerName
  readonly name: string
  /** What it calls: it runs in a process of its own on the client's core. */
  readonly upstream?: ServerName
  /** What `echo` is called there, if not so. */
  readonly tool?: string
  /** 200, unless it is there to refuse. */
  readonly expected?: Expected
}

const contenders = [
  { server: 'portcullis', name: 'portcullis' },
  { server: 'portcullis-401', name: 'portcullis, no key: 401', expected: 401 },
  { server: 'portcullis-429', name: 'portcullis, flood: 429', expected: 429 },
  { server: 'portcullis-bare', name: 'portcullis without hooks' },
  { server: 'sdk-v2', name: 'plain SDK v2' },
  { server: 'fastify-zod', name: 'Fastify + zod, same hooks' },
  { server: 'bare-http', name: 'bare node:http' },
  { server: 'portcullis-300', name: 'portcullis, 300 tools' },
  { server: 'portcullis-proxy', name: 'portcullis, proxying', upstream: 'upstream' },
  { server: 'sdk-v2-got', name: 'plain SDK v2, proxying with got', upstream: 'upstream' },
  {
    server: 'portcullis-mount',
    name: 'portcullis, before plain SDK v2',
    upstream: 'sdk-v2',
    tool: 'bench__echo'
  },
  { server: 'sdk-v2-client', name: 'SDK v2 client, before plain SDK v2', upstream: 'sdk-v2' }
] as const satisfies readonly Contender[]

/** Visits every contender once a round, so that a busy minute does not hit one of them alone. */
export async function measureHttp(
  load: HttpLoad,
  pinning: Pinning | undefined
): Promise<readonly HttpRow[]> {
  const samples = new Map<ServerName, Sample[]>()
  for (let round = 0; round < load.rounds; round++) {
    for (const contender of contenders) {
      const taken = samples.get(contender.server) ?? []
      taken.push(await takeSample(contender, load, pinning))
      samples.set(contender.server, taken)
    }
  }
  return contenders.map(({ server, name }) => summarize(name, server, samples.get(server) ?? []))
}

type Asked = Pick<ClientOptions, 'expected' | 'tool'>

async function takeSample(
  { server, upstream, tool = 'echo', expected = 200 }: Contender,
  load: HttpLoad,
  pinning: Pinning | undefined
): Promise<Sample> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
  try {
    const own = { server, directory, pinning }
    const asked = { expected, tool }
    if (!upstream) return await timeServer(own, load, asked)
    const behind = await startUpstream(upstream, directory, pinning)
    try {
      return await timeServer({ ...own, upstream: `http://127.0.0.1:${behind.port}` }, load, asked)
    } finally {
      await behind.stop()
    }
  } catch (cause) {
    throw new Error(`row ${server}: ${(cause as Error).message}`, { cause })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function startUpstream(
  server: ServerName,
  parent: string,
  pinning: Pinning | undefined
): Promise<ServerProcess> {
  const directory = join(parent, 'upstream')
  await mkdir(directory)
  return startServer({ server, directory, pinning: besideClient(pinning) })
}

async function timeServer(
  options: ServerProcessOptions,
  load: HttpLoad,
  asked: Asked
): Promise<Sample> {
  const running = await startServer(options)
  try {
    return await timeCalls(running, load, asked)
  } finally {
    await running.stop()
  }
}

async function timeCalls(running: ServerProcess, load: HttpLoad, asked: Asked): Promise<Sample> {
  const { warmUpCalls, calls, concurrency } = load
  const client = createClient({ port: running.port, concurrency, ...asked })
  try {
    await client.prove()
    await client.run({ calls: warmUpCalls, concurrency })
    const before = await running.usage()
    const timing = await client.run({ calls, concurrency })
    const after = await running.usage()
    return {
      ...timing,
      cpuSecondsPer10k: ((after.cpuSeconds - before.cpuSeconds) / calls) * 10_000,
      rssMb: after.rssBytes / 2 ** 20
    }
  } finally {
    client.close()
  }
}

function summarize(name: string, server: ServerName, samples: readonly Sample[]): HttpRow {
  const of = (key: keyof Sample): readonly number[] => samples.map((sample) => sample[key])
  const cpu = of('cpuSecondsPer10k')
  return {
    name,
    server,
    cpuSecondsPer10k: { min: min(cpu), median: median(cpu) },
    spread: max(cpu) / min(cpu),
    requestsPerSecond: median(of('requestsPerSecond')),
    p50Ms: median(of('p50Ms')),
    p99Ms: median(of('p99Ms')),
    rssMb: max(of('rssMb'))
  }
}
