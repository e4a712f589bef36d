import { Client } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { CreateMessageRequestSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { loadConfig } from '../../src/config.ts'
import { mountServers } from '../../tools/upstream/mount/mount-all.ts'
import { type App, startApp } from './app.ts'
import { identity, type TestClient, wrapV1, wrapV2 } from './clients.ts'
import { modern } from './messages.ts'
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

const capabilities = { elicitation: { form: {} }, sampling: {} }

/** Answers every question as a user who wants to go to Oslo. */
const answer = { action: 'accept' as const, content: { city: 'Oslo', name: 'Ann' } }
const thought = {
  model: 'test',
  role: 'assistant' as const,
  content: { type: 'text' as const, text: 'a thought' }
}

/** SDK v1, with a session of the 2025 revisions. */
export async function connect2025(app: App): Promise<TestClient> {
  const client = new ClientV1(identity, { capabilities })
  client.setRequestHandler(ElicitRequestSchema, () => answer)
  client.setRequestHandler(CreateMessageRequestSchema, () => thought)
  const wrapped = wrapV1(client)
  await wrapped.connect(new URL(app.url))
  return wrapped
}

/** SDK v2, pinned to 2026-07-28. */
export async function connect2026(app: App): Promise<TestClient> {
  const client = new Client(identity, {
    capabilities,
    versionNegotiation: { mode: { pin: modern } }
  })
  client.setRequestHandler('elicitation/create', () => answer)
  client.setRequestHandler('sampling/createMessage', () => thought)
  const wrapped = wrapV2(client)
  await wrapped.connect(new URL(app.url))
  return wrapped
}
