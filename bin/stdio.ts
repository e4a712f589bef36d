import { createLocalPrincipal } from '../src/auth.ts'
import type { Config } from '../src/settings.ts'
import type { Mcp } from '../transports/mcp.ts'
import { type LineServer, serveLines } from '../transports/stdio.ts'
import type { LineOutput } from '../transports/stdout.ts'
import type { Shutdown } from './shutdown.ts'

/** Serves the client on standard input; when it is gone and nobody else is served, all ends. */
export function serveStdin(
  config: Config,
  mcp: Mcp,
  stdout: LineOutput,
  shutdown: Pick<Shutdown, 'begin' | 'note'>
): LineServer {
  const { stdio, limits, transport } = config
  const server = serveLines({
    mcp,
    principal: createLocalPrincipal(stdio),
    maxLineBytes: limits.maxRequestBytes,
    input: process.stdin,
    output: stdout
  })
  Promise.race([server.ended, watchParent()])
    .then(async (error) => {
      if (error) shutdown.note('standard input or output broke', error)
      // The client is gone but may still read: its calls end by their own deadline.
      await server.close(error ? 0 : limits.callTimeoutMs + 1000)
      if (transport !== 'both') shutdown.begin()
    })
    .catch((error: unknown) => shutdown.note('stdio', error))
  return server
}

/** Resolves when the parent is gone although somebody still holds the pipe open. */
function watchParent(): Promise<undefined> {
  const parent = process.ppid
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(timer)
      resolve(undefined)
    }, 5000)
    timer.unref()
  })
}
