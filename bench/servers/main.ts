/** What a server tells of itself when asked. */
export interface Usage {
  readonly cpuSeconds: number
  readonly rssBytes: number
}

/** Starts one contender on a free loopback port; `directory` is for the files that it writes. */
type Start = (directory: string) => Promise<number>

/** Each is imported when it is chosen, so that no process carries another's libraries. */
const servers = {
  portcullis: async (directory) => {
    const { startPortcullis } = await import('./portcullis.ts')
    return startPortcullis({ directory, hasHooks: true, toolCount: 2 })
  },
  'portcullis-300': async (directory) => {
    const { startPortcullis } = await import('./portcullis.ts')
    return startPortcullis({ directory, hasHooks: true, toolCount: 300 })
  },
  'portcullis-bare': async (directory) => {
    const { startPortcullis } = await import('./portcullis.ts')
    return startPortcullis({ directory, hasHooks: false, toolCount: 2 })
  },
  'sdk-v2': async () => (await import('./sdk-v2.ts')).startSdkV2(),
  'fastify-zod': async (directory) => (await import('./fastify-zod.ts')).startFastifyZod(directory),
  'bare-http': async () => (await import('./bare-http.ts')).startBareHttp()
} satisfies Record<string, Start>

export type ServerName = keyof typeof servers

const [, , name = '', directory = '.'] = process.argv
if (!(name in servers)) throw new Error(`no server is called ${name}`)
const start: Start = servers[name as ServerName]

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  const usage: Usage = {
    cpuSeconds: (user + system) / 1e6,
    rssBytes: process.memoryUsage.rss()
  }
  process.send?.(usage)
})
// Whoever measured has gone or is done.
process.on('disconnect', () => process.exit())

process.send?.({ port: await start(directory) })
