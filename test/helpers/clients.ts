import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Client as OldClient } from 'sdk-v1-old/client/index.js'
import { StdioClientTransport as OldStdio } from 'sdk-v1-old/client/stdio.js'
import { StreamableHTTPClientTransport as OldHttp } from 'sdk-v1-old/client/streamableHttp.js'
import { executable, fixture } from './executable.ts'
import { authHeaders, modern } from './messages.ts'

/** A server to spawn, or the URL of one that runs. */
export type Target = 'stdio' | URL

type Json = Readonly<Record<string, unknown>>

interface CallOptions {
  readonly onprogress?: (progress: { progress: number; total?: number | undefined }) => void
  readonly signal?: AbortSignal
}

/** What the tests need of any client library. */
export interface TestClient {
  connect(target: Target): Promise<void>
  listTools(): Promise<readonly string[]>
  callTool(name: string, args: Json, options?: CallOptions): Promise<Json>
  listResources(): Promise<readonly string[]>
  readResource(uri: string): Promise<Json>
  listPrompts(): Promise<readonly string[]>
  getPrompt(name: string, args: Record<string, string>): Promise<Json>
  complete(prompt: string, name: string, value: string): Promise<readonly string[]>
  close(): Promise<void>
}

export const identity = { name: 'test', version: '1' }

export const childServer = {
  command: process.execPath,
  args: [executable, '--module', fixture('tools'), '--toolsets', 'custom'],
  env: { MCP_RATE_LIMIT_ENABLED: 'false' },
  stderr: 'ignore' as const
}

const web = { requestInit: { headers: authHeaders() } }

/** Every client that the matrix tries. */
export const clientKinds: Readonly<Record<string, () => TestClient>> = {
  'SDK v1 1.32': () => wrapV1(new ClientV1(identity)),
  'SDK v1 1.12': wrapOldV1,
  'SDK v2 auto': () => createV2('auto'),
  'SDK v2 pinned to 2026-07-28': () => createV2({ pin: modern }),
  'SDK v2 legacy': () => createV2('legacy')
}

export function wrapV1(client: ClientV1): TestClient {
  return {
    ...queriesOf(client),
    connect: (to) =>
      client.connect(to === 'stdio' ? new StdioV1(childServer) : new HttpV1(to, web)),
    callTool: (name, args, options) =>
      client.callTool({ name, arguments: { ...args } }, undefined, options)
  }
}

function wrapOldV1(): TestClient {
  const client = new OldClient(identity)
  return {
    ...queriesOf(client),
    connect: (to) =>
      client.connect(to === 'stdio' ? new OldStdio(childServer) : new OldHttp(to, web)),
    callTool: (name, args, options) =>
      client.callTool({ name, arguments: { ...args } }, undefined, options)
  }
}

function createV2(mode: 'auto' | 'legacy' | { pin: string }): TestClient {
  const client = new Client(identity, { versionNegotiation: { mode } })
  const wanted = mode === 'legacy' ? 'legacy' : 'modern'
  const wrapped = wrapV2(client)
  return {
    ...wrapped,
    async connect(to) {
      await wrapped.connect(to)
      const era = client.getProtocolEra()
      if (era !== wanted) throw new Error(`negotiated the ${era} era, not ${wanted}`)
    }
  }
}

export function wrapV2(client: Client): TestClient {
  return {
    ...queriesOf(client),
    connect: (to) =>
      client.connect(
        to === 'stdio'
          ? new StdioClientTransport(childServer)
          : new StreamableHTTPClientTransport(to, web)
      ),
    callTool: (name, args, options) => client.callTool({ name, arguments: { ...args } }, options)
  }
}

/** What all libraries call alike. */
function queriesOf(
  client: ClientV1 | OldClient | Client
): Omit<TestClient, 'connect' | 'callTool'> {
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    listResources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    readResource: (uri) => client.readResource({ uri }),
    listPrompts: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    getPrompt: (name, args) => client.getPrompt({ name, arguments: args }),
    complete: async (prompt, name, value) => {
      const ref = { type: 'ref/prompt' as const, name: prompt }
      return (await client.complete({ ref, argument: { name, value } })).completion.values
    },
    close: () => client.close()
  }
}
