import { connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { run, start } from './helpers/executable.ts'
import { type McpHttpServer, startNewServer } from './helpers/mcp-servers.ts'
import { openPort } from './helpers/open-port.ts'
import { until } from './helpers/until.ts'

/* What MCP_TIMEOUT, MCP_MAX_RETRIES and MCP_HEALTH_CHECK_INTERVAL do, seen from the MCP server. */

type Env = Readonly<Record<string, string>>

const check = ['client', 'check', '--json']

function envOf(url: string, more: Env): Env {
  return { MCP_PRODUCTION_MODE: 'false', MCP_SERVERS: JSON.stringify({ docs: url }), ...more }
}

async function startServer(t: Test): Promise<McpHttpServer> {
  const server = await startNewServer()
  t.teardown(() => server.close())
  return server
}

/** A port in front of a server: `take` says when a connection goes through to it, if at all. */
async function startFront(
  t: Test,
  { port }: McpHttpServer,
  take: (socket: Socket, goThrough: () => void) => void
): Promise<string> {
  const front = createServer((socket) => {
    socket.on('error', () => {})
    take(socket, () => {
      const through = connect(port, '127.0.0.1').on('error', () => {})
      socket.pipe(through).pipe(socket)
    })
  })
  t.teardown(() => front.close())
  return `http://127.0.0.1:${await openPort(front)}/mcp`
}

t.test('MCP_MAX_RETRIES is how often a connection is tried again', async (t) => {
  const server = await startServer(t)
  const checked = async (broken: number, retries: string) => {
    let count = 0
    const url = await startFront(t, server, (socket, goThrough) =>
      count++ < broken ? socket.resetAndDestroy() : goThrough()
    )
    return (await run(check, envOf(url, { MCP_MAX_RETRIES: retries }))).code
  }
  t.same(await Promise.all([checked(2, '1'), checked(2, '2')]), [1, 0])
})

t.test('MCP_TIMEOUT ends a request, and a longer one outlasts it', async (t) => {
  const server = await startServer(t)
  const waiting: (() => void)[] = []
  let isOpen = false
  const url = await startFront(t, server, (_socket, goThrough) =>
    isOpen ? goThrough() : waiting.push(goThrough)
  )
  const patient = run(check, envOf(url, { MCP_TIMEOUT: '300' }))
  await until(() => waiting.length > 0, 'the patient one is connected')
  const hasty = await run(check, envOf(url, { MCP_TIMEOUT: '1' }))
  t.equal(hasty.code, 1)
  t.match(JSON.parse(hasty.stdout), [{ reachable: false, error: 'timeout' }])
  isOpen = true
  for (const goThrough of waiting) goThrough()
  const { code, stdout } = await patient
  t.equal(code, 0, stdout)
})

t.test('MCP_HEALTH_CHECK_INTERVAL is how often a server is looked after', async (t) => {
  const server = await startServer(t)
  const running = start([], envOf(server.url, { MCP_HEALTH_CHECK_INTERVAL: '1' }))
  t.teardown(() => running.child.kill('SIGKILL'))
  const asked = () =>
    server.requests.filter(({ headers }) => headers['mcp-method'] === 'server/discover').length
  await until(() => asked() > 0, 'it is connected')
  await until(() => asked() > 4, 'it is looked after')
})
