import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type ServerProcess, startServer } from './server-process.ts'
import type { Usage } from './servers/main.ts'
import { createStreamClient, type Stream, type StreamClient } from './stream-client.ts'

/*
 * What an idle session, an idle stream and a bare connection cost the server, each kind in a
 * process of its own.
 */

const { values } = parseArgs({ options: { count: { type: 'string', default: '1000' } } })
const count = Number(values.count)

const kinds: Readonly<Record<string, (client: StreamClient) => Promise<Stream | string>>> = {
  'connection, kept alive': (client) => client.connect(),
  '2025 session without a stream': (client) => client.openSession(),
  '2025 session with its stream': (client) => client.openSessionStream(),
  '2026 subscriptions/listen': (client) => client.listen()
}

for (const [name, open] of Object.entries(kinds))
  await withServer((server) => measure(name, open, server))

async function withServer(work: (server: ServerProcess) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
  const options = { server: 'portcullis-streams', directory, pinning: undefined } as const
  const server = await startServer({ ...options, nodeFlags: ['--expose-gc'] })
  try {
    await work(server)
  } finally {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

async function measure(
  name: string,
  open: (client: StreamClient) => Promise<Stream | string>,
  server: ServerProcess
): Promise<void> {
  const client = createStreamClient(server.port)
  const openAll = async (wanted: number) => {
    const streams: (Stream | string)[] = []
    while (streams.length < wanted) {
      const some = Math.min(20, wanted - streams.length)
      streams.push(...(await Promise.all(Array.from({ length: some }, () => open(client)))))
    }
    return streams
  }
  const cutAll = (streams: readonly (Stream | string)[]) => {
    for (const stream of streams) if (typeof stream !== 'string') stream.cut()
  }
  const allGone = async () => {
    while ((await client.countSessions()) > 0) await wait(500)
  }
  cutAll(await openAll(count))
  await allGone()
  const before = await server.usage()
  const streams = await openAll(count)
  const during = await server.usage()
  await wait(2000)
  const later = await server.usage()
  cutAll(streams)
  await allGone()
  const after = await server.usage()
  client.close()
  const kb = (key: keyof Usage, from: Usage, to: Usage) => (to[key] - from[key]) / 1024 / count
  process.stdout.write(
    `${name}: heap ${kb('heapBytes', before, during).toFixed(1)} KB, buffers ${kb('bufferBytes', before, during).toFixed(1)} KB, RSS ${kb('rssBytes', before, during).toFixed(1)} KB each; ` +
      `after: heap ${((after.heapBytes - before.heapBytes) / 1024).toFixed(0)} KB in all, RSS ${((after.rssBytes - before.rssBytes) / 1024).toFixed(0)} KB; ` +
      `descriptors ${before.descriptors} ${during.descriptors} ${after.descriptors}; timers ${before.timers} ${during.timers} ${after.timers}; cpu idle ${((later.cpuSeconds - during.cpuSeconds) / 2).toFixed(2)}\n`
  )
}
