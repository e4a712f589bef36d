import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { createCore } from '../../bin/core.ts'
import { startHttp } from '../../bin/http.ts'
import { type Output, openOutput } from '../../bin/output.ts'
import { type Changes, createChanges } from '../../src/changes.ts'
import { loadConfig } from '../../src/config.ts'
import { defineTool } from '../../src/define-tool.ts'
import type { Config } from '../../src/settings.ts'
import type { Source } from '../../src/source.ts'
import type { ToolDefinition } from '../../src/types.ts'
import { bearerKey } from '../call.ts'
import { addInput, echoInput } from './echo.ts'
import { findPort } from './find-port.ts'
import { documentText } from './upstream.ts'

export interface PortcullisOptions {
  readonly directory: string
  /** Authentication, rate limits, audit and access log: all of them (the default) or none. */
  readonly hasHooks?: boolean
  readonly toolCount?: number
  /** One request a minute is allowed, so that all others are a flood. */
  readonly isFlooded?: boolean
  /** Room for thousands of streams, sessions that expire soon, and a tool that announces changes. */
  readonly hasStreams?: boolean
  /** Origin of an API whose one read is mounted instead of the bench's own tools. */
  readonly upstream?: string
  /** An MCP server that is mounted instead, as the configuration describes it. */
  readonly mcpServer?: object
}

/** The product as its executable puts it together, with tools of the bench's own. */
export async function startPortcullis(options: PortcullisOptions): Promise<number> {
  const port = await findPort()
  const config = configure(options, port)
  const output = openOutput(config)
  const changes = createChanges()
  const sources = await openSources(options, config, output, changes)
  await startHttp(config, createCore(config, sources, { changes, output }))
  return port
}

async function openSources(
  { toolCount = 1, upstream, mcpServer, hasStreams = false }: PortcullisOptions,
  config: Config,
  { log }: Output,
  changes: Changes
): Promise<readonly Source[]> {
  const tools = hasStreams ? [defineAnnounce(changes)] : []
  if (upstream === undefined && mcpServer === undefined) {
    return [{ tools: [...tools, ...defineTools(toolCount)], close: async () => {} }]
  }
  const { loadSources } = await import('../../tools/load.ts')
  return loadSources(config, log)
}

function configure(options: PortcullisOptions, port: number): Config {
  const { directory, hasHooks = true, isFlooded = false, hasStreams = false } = options
  const room = hasStreams ? { maxConnections: 50_000, maxConnectionsPerAddress: 50_000 } : {}
  const http = { port, host: '127.0.0.1', ...room }
  const settings = hasHooks
    ? {
        auth: { token: bearerKey },
        // Every limit is checked and none is reached.
        limits: {
          address: isFlooded ? 1 : 10_000_000,
          perMinute: 1e9,
          burst: 1_000_000,
          methods: { 'tools/call': { perMinute: 1e9, burst: 1_000_000 } }
        },
        audit: { file: join(directory, 'audit.log') }
      }
    : {
        auth: { required: false },
        limits: { enabled: false },
        audit: { enabled: false },
        log: { level: 'silent' }
      }
  const sessions = hasStreams ? { sessions: { max: 100_000, idleMs: 10_000 } } : {}
  const file = { transport: 'http', http, ...settings, ...sessions, ...mount(options) }
  return loadConfig({ flags: new Map(), env: {}, file }).config
}

function mount({ directory, upstream, mcpServer }: PortcullisOptions): object {
  if (mcpServer !== undefined) {
    return { servers: { bench: mcpServer }, toolsets: ['bench'], client: { production: false } }
  }
  if (upstream === undefined) return {}
  const openapi = join(directory, 'upstream.json')
  writeFileSync(openapi, documentText)
  return { apis: [{ name: 'bench', openapi, baseUrl: upstream }], toolsets: ['bench'] }
}

function defineTools(count: number): readonly ToolDefinition[] {
  const echo = defineTool({
    name: 'echo',
    title: 'Echo',
    description: 'Returns the text',
    input: echoInput,
    run: ({ text }) => text
  })
  const others = Array.from({ length: count - 1 }, (_, index) =>
    defineTool({
      name: `add_${index}`,
      title: 'Add',
      description: 'Adds two numbers',
      input: addInput,
      run: ({ a, b }) => String(a + b)
    })
  )
  return [echo, ...others]
}

/** Tells every stream so many times that the tools have changed. */
function defineAnnounce(changes: Changes): ToolDefinition {
  return defineTool({
    name: 'announce',
    title: 'Announce',
    description: 'Announces changes of the tools',
    input: z.object({ times: z.int() }),
    run({ times }) {
      for (let time = 0; time < times; time++) changes.publish({ kind: 'tools' })
      return 'announced'
    }
  })
}
