import { fileURLToPath } from 'node:url'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Client as OldClient } from 'sdk-v1-old/client/index.js'
import { StdioClientTransport as OldStdio } from 'sdk-v1-old/client/stdio.js'
import { StreamableHTTPClientTransport as OldHttp } from 'sdk-v1-old/client/streamableHttp.js'
import { authHeaders, modern } from './messages.ts'

/** The executable, wherever the tests were compiled to. */
const executable = fileURLToPath(new URL('../../bin/mcp-server.js', import.meta.url))
const toolsModule = fileURLToPath(new URL('../fixtures/tools.js', import.meta.url))

/** A server to spawn, or the URL of one that runs. */
export type Target = 'stdio' | URL

interface CallOptions {
  readonly onprogress?: (progress: { progress: number; total?: number | undefined }) => void
  readonly signal?: AbortSignal
}

/** What the tests need of any client library. */
export interface TestClient {
  connect(target: Target): Promise<void>
  listTools(): Promise<readonly string[]>
  callTool(
    name: string,
    args: Readonly<Record<string, unknown>>,
    options?: CallOptions
  ): Promise<Readonly<Record<string, unknown>>>
  close(): Promise<void>
}

const identity = { name: 'test', version: '1' }

export const childServer = {
  command: process.execPath,
  args: [executable, '--module', toolsModule, '--toolsets', 'custom'],
  env: { MCP_RATE_LIMIT_ENABLED: 'false' },
  stderr: 'ignore' as const
}

const web = { requestInit: { headers: authHeaders() } }

/** Every client that the matrix tries. */
export const clientKinds: Readonly<Record<string, () => TestClient>> = {
  'SDK v1 1.32': createV1,
  'SDK v1 1.12': createOldV1,
  'SDK v2 auto': () => createV2('auto'),
  'SDK v2 pinned to 2026-07-28': () => createV2({ pin: modern }),
  'SDK v2 legacy': () => createV2('legacy')
}

function createV1(): TestClient {
  const client = new ClientV1(identity)
  return {
    connect: (to) =>
      client.connect(to === 'stdio' ? new StdioV1(childServer) : new HttpV1(to, web)),
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: (name, args, options) =>
      client.callTool({ name, arguments: { ...args } }, undefined, options),
    close: () => client.close()
  }
}

function createOldV1(): TestClient {
  const client = new OldClient(identity)
  return {
    connect: (to) =>
      client.connect(to === 'stdio' ? new OldStdio(childServer) : new OldHttp(to, web)),
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: (name, args, options) =>
      client.callTool({ name, arguments: { ...args } }, undefined, options),
    close: () => client.close()
  }
}

function createV2(mode: 'auto' | 'legacy' | { pin: string }): TestClient {
  const client = new Client(identity, { versionNegotiation: { mode } })
  const wanted = mode === 'legacy' ? 'legacy' : 'modern'
  return {
    async connect(to) {
      await client.connect(
        to === 'stdio'
          ? new StdioClientTransport(childServer)
          : new StreamableHTTPClientTransport(to, web)
      )
      const era = client.getProtocolEra()
      if (era !== wanted) throw new Error(`negotiated the ${era} era, not ${wanted}`)
    },
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: (name, args, options) => client.callTool({ name, arguments: { ...args } }, options),
    close: () => client.close()
  }
}
