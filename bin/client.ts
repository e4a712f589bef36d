import { ConfigError } from '../src/config-error.ts'
import type { Config } from '../src/settings.ts'
import type { Message, UpstreamConnection } from '../tools/upstream/connection.ts'
import { openConnections } from '../tools/upstream/open.ts'
import { UpstreamError } from '../tools/upstream/upstream-error.ts'
import type { CommandLine } from './command-line.ts'
import { openOutput } from './output.ts'
import { readArgs } from './read-args.ts'
import { guardStderr } from './stderr.ts'

type Servers = ReadonlyMap<string, UpstreamConnection>

/** What a verb found: its JSON, its lines, and whether all went well. */
interface Report {
  readonly json: unknown
  readonly lines: readonly string[]
  readonly isGood: boolean
}

/** `client check|list|call`: the MCP servers behind this one, seen directly. Returns the exit code. */
export async function runClient(config: Config, line: CommandLine): Promise<number> {
  const output = openOutput(config)
  if (config.log.redact) guardStderr(output.secrets.clean)
  // In this command alone the common token may have the name that the old library gave it.
  const token = config.client.token ?? config.auth.token
  const connections = openConnections(
    { ...config, client: { ...config.client, token } },
    output.log
  )
  if (!connections) {
    throw new ConfigError('client: no server is named: set MCP_SERVERS, or servers in --config')
  }
  try {
    const { json, lines, isGood } = await run(connections.servers, line)
    process.stdout.write(
      line.json ? `${JSON.stringify(json, null, 2)}\n` : lines.map((text) => `${text}\n`).join('')
    )
    return isGood ? 0 : 1
  } finally {
    await connections.close()
    await output.flush(1000)
  }
}

function run(servers: Servers, { words, args }: CommandLine): Promise<Report> {
  const [verb, name, tool, ...rest] = words
  const isCall = verb === 'call' && name !== undefined && tool !== undefined
  if (rest.length === 0 && isCall) {
    return call(choose(servers, name), tool, readArgs(args, '{"path": "/tmp"}'))
  }
  const chosen = name === undefined ? [...servers.values()] : [choose(servers, name)]
  if (tool === undefined && verb === 'check') return check(chosen)
  if (tool === undefined && verb === 'list') return list(chosen)
  throw new ConfigError(
    'client: use client check [SERVER], client list [SERVER], or client call SERVER TOOL --args JSON'
  )
}

function choose(servers: Servers, name: string): UpstreamConnection {
  const server = servers.get(name)
  if (server) return server
  throw new ConfigError(
    `client: unknown server ${name}; there are: ${[...servers.keys()].join(', ')}`
  )
}

async function check(servers: readonly UpstreamConnection[]): Promise<Report> {
  const found = await Promise.all(servers.map(checkOne))
  return {
    json: found,
    lines: found.map((each) =>
      'error' in each
        ? `${each.server}  not reachable: ${each.error}: ${each.message}`
        : `${each.server}  ${each.latencyMs} ms  ${each.endpointType}  ${each.era} ${each.protocolVersion}  ${each.tools} tools`
    ),
    isGood: found.every(({ reachable }) => reachable)
  }
}

async function checkOne(server: UpstreamConnection) {
  const startedMs = performance.now()
  try {
    const tools = await useOnce(server, (client) => client.list('tools'))
    const { era = 'legacy', protocolVersion = '', transport, serverInfo } = server.info ?? {}
    return {
      server: server.name,
      reachable: true as const,
      latencyMs: Math.round(performance.now() - startedMs),
      endpointType: transport,
      era,
      protocolVersion,
      serverInfo,
      tools: tools.length
    }
  } catch (error) {
    return { server: server.name, reachable: false as const, ...describe(error, server) }
  }
}

async function list(servers: readonly UpstreamConnection[]): Promise<Report> {
  const found = await Promise.all(
    servers.map(async (server) => {
      try {
        return {
          server: server.name,
          tools: await useOnce(server, (client) => client.list('tools'))
        }
      } catch (error) {
        return { server: server.name, ...describe(error, server) }
      }
    })
  )
  return {
    json: found,
    lines: found.flatMap((each) =>
      each.tools
        ? each.tools.map(({ name }) => `${each.server}  ${JSON.stringify(name)}`)
        : [`${each.server}  ${each.error}: ${each.message}`]
    ),
    isGood: found.every(({ tools }) => tools)
  }
}

async function call(server: UpstreamConnection, name: string, args: unknown): Promise<Report> {
  try {
    const result = await useOnce(server, async (client) => {
      const tool = (await client.list('tools')).find((each) => each.name === name)
      const options = tool ? { tool } : {}
      return client.request('tools/call', { name, arguments: args }, options)
    })
    const content = Array.isArray(result.content) ? result.content : [result]
    const lines = content.map((block: Message) =>
      // Data, not commands: a terminal obeys control characters.
      typeof block.text === 'string' ? clean(block.text) : JSON.stringify(block)
    )
    return { json: result, lines, isGood: result.isError !== true }
  } catch (error) {
    const failure = describe(error, server)
    return { json: failure, lines: [`${failure.error}: ${failure.message}`], isGood: false }
  }
}

function useOnce<T>(
  server: UpstreamConnection,
  work: Parameters<typeof server.use<T>>[1]
): Promise<T> {
  return server.use({ signal: new AbortController().signal }, work)
}

/** The operator may read what the server says of its own error. */
function describe(error: unknown, { name }: UpstreamConnection) {
  const failure = error instanceof UpstreamError ? error : new UpstreamError('unknown', name)
  const { fault, message, rpc } = failure
  return {
    error: fault,
    message: clean(message),
    ...(rpc && { code: rpc.code, answer: rpc.message })
  }
}

function clean(text: string): string {
  return text.replace(/(?!\n|\t)[\p{Cc}\p{Cf}]/gu, '')
}
