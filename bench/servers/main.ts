import { readdirSync } from 'node:fs'
import type { PortcullisOptions } from './portcullis.ts'

/** What a server tells of itself when asked; with `--expose-gc`, after two collections. */
export interface Usage {
  readonly cpuSeconds: number
  readonly rssBytes: number
  /** Objects, and what they hold outside of the heap: buffers. */
  readonly heapBytes: number
  readonly bufferBytes: number
  /** Open ones; 0 where there is no `/proc`. */
  readonly descriptors: number
}

/**
 * Starts one contender on a free loopback port; `directory` is for the files that it writes,
 * `upstream` the origin that the proxies call, or the words of a command that they run, as JSON.
 */
type Start = (directory: string, upstream: string) => Promise<number>

/** Each is imported when it is chosen, so that no process carries another's libraries. */
const servers = {
  portcullis: (directory) => portcullis({ directory, toolCount: 2 }),
  'portcullis-300': (directory) => portcullis({ directory, toolCount: 300 }),
  'portcullis-bare': (directory) => portcullis({ directory, hasHooks: false, toolCount: 2 }),
  'portcullis-streams': (directory) => portcullis({ directory, hasStreams: true }),
  // The same server as `portcullis`: a row is known by its server, and this one shows no key.
  'portcullis-401': (directory) => portcullis({ directory, toolCount: 2 }),
  'portcullis-429': (directory) => portcullis({ directory, toolCount: 2, isFlooded: true }),
  'sdk-v2': async () => (await import('./sdk-v2.ts')).startSdkV2(),
  'fastify-zod': async (directory) => (await import('./fastify-zod.ts')).startFastifyZod(directory),
  'portcullis-proxy': (directory, upstream) => portcullis({ directory, upstream }),
  'sdk-v2-got': async (_, upstream) => (await import('./sdk-v2-got.ts')).startSdkV2Got(upstream),
  'portcullis-mount': (directory, upstream) =>
    portcullis({ directory, mcpServer: { endpoint: `${upstream}/mcp` } }),
  'portcullis-stdio': (directory, upstream) =>
    portcullis({ directory, mcpServer: readCommand(upstream) }),
  'sdk-v2-client': async (_, upstream) =>
    (await import('./sdk-v2-client.ts')).startSdkV2Client(`${upstream}/mcp`),
  upstream: async () => (await import('./upstream.ts')).startUpstream(),
  'bare-http': async () => (await import('./bare-http.ts')).startBareHttp()
} satisfies Record<string, Start>

export type ServerName = keyof typeof servers

const [, , name = '', directory = '.', upstream = ''] = process.argv
if (!(name in servers)) throw new Error(`no server is called ${name}`)
const start: Start = servers[name as ServerName]

process.on('message', () => process.send?.(readUsage()))
// Whoever measured has gone or is done.
process.on('disconnect', () => process.exit())

process.send?.({ port: await start(directory, upstream) })

async function portcullis(options: PortcullisOptions): Promise<number> {
  const { startPortcullis } = await import('./portcullis.ts')
  return startPortcullis(options)
}

function readCommand(words: string): object {
  const [command, ...args] = JSON.parse(words)
  return { command, args }
}

function readUsage(): Usage {
  const { user, system } = process.cpuUsage()
  // The second one frees what finalizers of the first let go.
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  return {
    cpuSeconds: (user + system) / 1e6,
    rssBytes: rss,
    heapBytes: heapUsed,
    bufferBytes: external,
    descriptors: countDescriptors()
  }
}

function countDescriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}
