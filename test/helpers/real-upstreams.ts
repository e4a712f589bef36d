import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { createV1Upstream } from '../fixtures/upstream-v1.ts'
import { createV2Upstream } from '../fixtures/upstream-v2.ts'
import { findFreePort } from './free-port.ts'
import { openPort } from './open-port.ts'
import { until } from './until.ts'

/** An entry of `servers`, and the end of what stands behind it. */
export interface RealUpstream {
  readonly entry: Readonly<Record<string, unknown>>
  /** What came to it over HTTP: headers and bodies. */
  readonly bytes?: () => string
  close(): Promise<void>
}

const everything = fileURLToPath(
  import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js')
)
const filesystem = fileURLToPath(
  import.meta.resolve('@modelcontextprotocol/server-filesystem/dist/index.js')
)
const own = fileURLToPath(new URL('../fixtures/upstream-stdio.js', import.meta.url))

function program(...args: readonly string[]): RealUpstream {
  return { entry: { command: process.execPath, args }, close: async () => {} }
}

export const everythingProgram = (): RealUpstream => program(everything, 'stdio')
export const filesystemProgram = (folder: string): RealUpstream => program(filesystem, folder)
export const ownProgram = (sdk: 'v1' | 'v2'): RealUpstream => program(own, sdk)

/** The everything server over streamable HTTP, as the program that it is. */
export async function startEverything(): Promise<RealUpstream> {
  const port = await findFreePort()
  const child = spawn(process.execPath, [everything, 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore'
  })
  const endpoint = `http://127.0.0.1:${port}/mcp`
  await until(
    () =>
      fetch(endpoint).then(
        () => true,
        () => false
      ),
    'the everything server'
  )
  return {
    entry: { endpoint },
    async close() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
  }
}

/** A server of SDK v1 with sessions. */
export async function startV1(): Promise<RealUpstream> {
  const cancelled = { count: 0 }
  const sessions = new Map<string, StreamableHTTPServerTransport>()
  return listen(async (request, response, body) => {
    const id = String(request.headers['mcp-session-id'] ?? '')
    const known = sessions.get(id)
    if (known) return known.handleRequest(request, response, body)
    if (id !== '') return void response.writeHead(404).end()
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (made) => void sessions.set(made, transport)
    })
    await createV1Upstream(cancelled).connect(transport as never)
    return transport.handleRequest(request, response, body)
  })
}

/** A server of SDK v2, without sessions. */
export async function startV2(): Promise<RealUpstream> {
  const cancelled = { count: 0 }
  const handle = toNodeHandler(createMcpHandler(() => createV2Upstream(cancelled)))
  return listen((request, response, body) => handle(request, response, body))
}

type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  body: unknown
) => void | Promise<void>

async function listen(handle: Handler): Promise<RealUpstream> {
  const bytes: string[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    bytes.push(JSON.stringify([request.url, request.rawHeaders, text]))
    await handle(request, response, text === '' ? undefined : JSON.parse(text))
  })
  const port = await openPort(server)
  return {
    entry: { endpoint: `http://127.0.0.1:${port}/mcp` },
    bytes: () => bytes.join('\n'),
    async close() {
      server.closeAllConnections()
      server.close()
    }
  }
}
