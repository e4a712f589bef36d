import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type ServerProcess, startServer } from './server-process.ts'
import type { Usage } from './servers/main.ts'
import { createStreamClient, type Stream, type StreamClient } from './stream-client.ts'

/** What one of many idle things costs the server, in KB, and what is left when all have gone. */
export interface IdleRow {
  readonly name: string
  readonly heapKb: number
  readonly bufferKb: number
  readonly rssKb: number
  readonly leftKb: number
  /** Before, with all of them, and after. */
  readonly descriptors: readonly number[]
}

/** What one client that does not read costs at most, in KB, while others are told of changes. */
export interface StalledRow {
  readonly name: string
  readonly heapKb: number
  readonly rssKb: number
  /** Changes announced until the last of them was cut off. */
  readonly events: number
  /** How many of these a client that reads has heard. */
  readonly heard: number
}

type Open = (client: StreamClient) => Promise<Stream | undefined>

const idleKinds: Readonly<Record<string, Open>> = {
  'connection, kept alive': (client) => client.connect(),
  '2025 session without a stream': async (client) => {
    await client.openSession()
    return undefined
  },
  '2025 session with its stream': (client) => client.openSessionStream(),
  '2026 subscriptions/listen': (client) => client.listen()
}

const stalledKinds: Readonly<Record<string, (client: StreamClient) => Promise<Stream>>> = {
  '2025 session with its stream': (client) => client.openSessionStream(),
  '2026 subscriptions/listen': (client) => client.listen()
}

const stalledCount = 10
const eventsAtOnce = 1000
const warmUpEvents = 2000
const maxEvents = 200_000

/** Each kind in a process of its own, so that none uses memory that another gave back. */
export async function measureIdle(count: number): Promise<readonly IdleRow[]> {
  const rows: IdleRow[] = []
  for (const [name, open] of Object.entries(idleKinds)) {
    rows.push({ name, ...(await withServer((server) => fillAndLeave(server, open, count))) })
  }
  return rows
}

export async function measureStalled(): Promise<readonly StalledRow[]> {
  const rows: StalledRow[] = []
  for (const [name, open] of Object.entries(stalledKinds)) {
    rows.push({ name, ...(await withServer((server) => flood(server, open))) })
  }
  return rows
}

async function withServer<T>(
  work: (server: ServerProcess & { readonly client: StreamClient }) => Promise<T>
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
  const options = { server: 'portcullis-streams', directory, pinning: undefined } as const
  const server = await startServer({ ...options, nodeFlags: ['--expose-gc'] })
  const client = createStreamClient(server.port)
  try {
    return await work({ ...server, client })
  } finally {
    client.close()
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

async function fillAndLeave(
  { client, usage }: ServerProcess & { readonly client: StreamClient },
  open: Open,
  count: number
): Promise<Omit<IdleRow, 'name'>> {
  const leave = async (streams: readonly (Stream | undefined)[]): Promise<void> => {
    for (const stream of streams) stream?.cut()
    while ((await client.countSessions()) > 0) await wait(500)
    await wait(500)
  }
  // The first round warms up: code, pools and tables grow once.
  await leave(await openMany(client, open, count))
  const before = await usage()
  const streams = await openMany(client, open, count)
  const during = await usage()
  await leave(streams)
  const after = await usage()
  const each = (key: keyof Usage): number => (during[key] - before[key]) / 1024 / count
  return {
    heapKb: each('heapBytes'),
    bufferKb: each('bufferBytes'),
    rssKb: each('rssBytes'),
    leftKb: (after.heapBytes - before.heapBytes) / 1024,
    descriptors: [before, during, after].map(({ descriptors }) => descriptors)
  }
}

async function openMany(
  client: StreamClient,
  open: Open,
  count: number
): Promise<readonly (Stream | undefined)[]> {
  const opened: (Stream | undefined)[] = []
  while (opened.length < count) {
    const some = Array.from({ length: Math.min(20, count - opened.length) }, () => open(client))
    opened.push(...(await Promise.all(some)))
  }
  return opened
}

async function flood(
  { client, usage }: ServerProcess & { readonly client: StreamClient },
  open: (client: StreamClient) => Promise<Stream>
): Promise<Omit<StalledRow, 'name'>> {
  const attentive = await open(client)
  await client.announce(warmUpEvents)
  const before = await usage()
  const stalled = await openMany(client, open, stalledCount)
  for (const stream of stalled) stream?.stall()
  let [heapBytes, rssBytes, events] = [0, 0, 0]
  while ((await client.countCut()) < stalledCount && events < maxEvents) {
    await client.announce(eventsAtOnce)
    events += eventsAtOnce
    const now = await usage()
    heapBytes = Math.max(heapBytes, held(now) - held(before))
    rssBytes = Math.max(rssBytes, now.rssBytes - before.rssBytes)
  }
  const wanted = events + warmUpEvents
  while (attentive.events < wanted) await wait(50)
  for (const stream of [attentive, ...stalled]) stream?.cut()
  const each = (bytes: number): number => bytes / 1024 / stalledCount
  return {
    heapKb: each(heapBytes),
    rssKb: each(rssBytes),
    events,
    heard: attentive.events - warmUpEvents
  }
}

function held({ heapBytes, bufferBytes }: Usage): number {
  return heapBytes + bufferBytes
}
