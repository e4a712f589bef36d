import { setTimeout as delay } from 'node:timers/promises'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { describeError } from '../src/log.ts'
import type { Principal } from '../src/types.ts'
import { createLineTransport, type LineTransportOptions } from './line-transport.ts'
import { createServerFactory, type Mcp } from './mcp.ts'

export interface StdioOptions {
  readonly mcp: Mcp
  readonly principal: Principal
  readonly maxLineBytes: number
}

export interface StdioServer {
  /** Resolves when the client has closed its end, with the error when a pipe broke. */
  readonly ended: Promise<Error | undefined>
  /** Answers what is in flight, for at most `graceMs`, and lets go of the pipes. */
  close(graceMs: number): Promise<void>
}

const modernVersions = ['2026-07-28']

/** Serves one client on standard input and output. From here on nothing else reaches stdout. */
export function listenStdio({ mcp, principal, maxLineBytes }: StdioOptions): StdioServer {
  const transport = createLineTransport({
    input: process.stdin,
    output: takeStdout(),
    maxLineBytes,
    modernVersions
  })
  const factory = createServerFactory(mcp, {
    isConnection: true,
    callerOf: () => ({ principal, transport: 'stdio' })
  })
  const handle = serveStdio(factory, {
    transport,
    onerror: (error) => mcp.log.debug('stdio', { error: describeError(error) })
  })
  return {
    ended: transport.ended,
    async close(graceMs) {
      // A broken pipe cannot be drained; it has been reported by `ended`.
      const drained = transport.drain().catch(() => {})
      await Promise.race([drained, delay(graceMs, undefined, { ref: false })])
      await handle.close()
    }
  }
}

/** Hands out the real stdout and sends everybody else, `console` included, to stderr. */
function takeStdout(): LineTransportOptions['output'] {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write
  return {
    write: write as LineTransportOptions['output']['write'],
    on: stdout.on.bind(stdout) as LineTransportOptions['output']['on'],
    get writableLength() {
      return stdout.writableLength
    }
  }
}
