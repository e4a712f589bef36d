import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { CreateMessageRequestSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { loadConfig } from '../../src/config.ts'
import { mountServers } from '../../tools/upstream/mount/mount-all.ts'
import { type App, startApp } from './app.ts'
import { authHeaders } from './messages.ts'
import { createKeptLog } from './mounted.ts'
import type { RealUpstream } from './real-upstreams.ts'
import { until } from './until.ts'

export interface Gateway {
  readonly app: App
  close(): Promise<void>
}

/** The product over HTTP in front of real upstream servers, by their names. */
export async function startGateway(
  upstreams: Readonly<Record<string, RealUpstream>>,
  settings: Readonly<Record<string, unknown>> = {}
): Promise<Gateway> {
  const servers = Object.fromEntries(
    Object.entries(upstreams).map(([name, { entry }]) => [name, entry])
  )
  const file = {
    limits: { enabled: false },
    resources: { allow: ['mcp://*'] },
    client: { production: false },
    ...settings
  }
  const { config } = loadConfig({ flags: new Map(), env: {}, file: { ...file, servers } })
  const sources = await mountServers(config, createKeptLog().log)
  // On a busy machine programs start late; they are mounted when they come.
  await until(() => sources.every(({ tools }) => tools.length > 0), 'the tools of every server')
  const app = await startApp(file, sources)
  return {
    app,
    async close() {
      await app.close(0)
      await Promise.all(sources.map((source) => source.close()))
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()))
    }
  }
}

interface Options {
  readonly signal?: AbortSignal
  readonly onprogress?: (progress: { progress: number; total?: number | undefined }) => void
}

type Json = Readonly<Record<string, unknown>>

/** What the matrix needs of a client library. */
export interface MatrixClient {
  listTools(): Promise<readonly string[]>
  callTool(name: string, args: Json, options?: Options): Promise<Json>
  listResources(): Promise<readonly string[]>
  readResource(uri: string): Promise<Json>
  listPrompts(): Promise<readonly string[]>
  getPrompt(name: string, args: Record<string, string>): Promise<Json>
  complete(prompt: string, name: string, value: string): Promise<readonly string[]>
  close(): Promise<void>
}

const identity = { name: 'test', version: '1' }
const capabilities = { elicitation: { form: {} }, sampling: {} }

/** Answers every question as a user who wants to go to Oslo. */
const answer = { action: 'accept' as const, content: { city: 'Oslo', name: 'Ann' } }
const thought = {
  model: 'test',
  role: 'assistant' as const,
  content: { type: 'text' as const, text: 'a thought' }
}
const web = { requestInit: { headers: authHeaders() } }

/** SDK v1, with a session of the 2025 revisions. */
export async function connect2025(app: App): Promise<MatrixClient> {
  const client = new ClientV1(identity, { capabilities })
  client.setRequestHandler(ElicitRequestSchema, () => answer)
  client.setRequestHandler(CreateMessageRequestSchema, () => thought)
  await client.connect(new HttpV1(new URL(app.url), web))
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: (name, args, options) =>
      client.callTool({ name, arguments: { ...args } }, undefined, options),
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

/** SDK v2, pinned to 2026-07-28. */
export async function connect2026(app: App): Promise<MatrixClient> {
  const client = new Client(identity, {
    capabilities,
    versionNegotiation: { mode: { pin: '2026-07-28' } }
  })
  client.setRequestHandler('elicitation/create', () => answer)
  client.setRequestHandler('sampling/createMessage', () => thought)
  await client.connect(new StreamableHTTPClientTransport(new URL(app.url), web))
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: (name, args, options) => client.callTool({ name, arguments: { ...args } }, options),
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
