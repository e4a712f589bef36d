import { isRecord, parseJson } from '../../../src/json.ts'
import type { Log } from '../../../src/types.ts'
import type { LocalServer } from '../configuration/entry.ts'
import { type Child, startChild } from './child.ts'
import { createLineQuota } from './line-quota.ts'

export interface StdioOptions {
  readonly server: LocalServer
  readonly env: Record<string, string>
  readonly log: Log
  track(group: number): () => void
}

/** What the SDK asks of a transport. It sets the three callbacks, and tells stdio by its fields. */
export interface StdioTransport {
  onmessage?: (message: never) => void
  onerror?: (error: Error) => void
  onclose?: () => void
  /** Of the process. */
  readonly pid: number | null
  readonly stderr: null
  start(): Promise<void>
  send(message: unknown): Promise<void>
  close(): Promise<void>
}

/** A transport to a child that is started with it and ends with it. */
export function createStdioTransport({ server, env, log, track }: StdioOptions): StdioTransport {
  let child: Child | undefined
  let isClosed = false
  let owed = 0
  const quota = createLineQuota()
  const transport: StdioTransport = {
    get pid() {
      return child?.pid ?? null
    },
    stderr: null,
    async start() {
      child = await startChild({
        server,
        env,
        track,
        onLine(line) {
          const isAnswer = deliver(transport, line) && owed > 0
          if (isAnswer) owed--
          return isAnswer
        },
        onLostLine: () =>
          log.warn('MCP server wrote a line that is too long', { server: server.name }),
        onStderr(line) {
          const fate = quota.take()
          if (fate === 'drop') return
          const text = fate === 'last' ? 'more lines are left out for a minute' : line
          log.info('MCP server', { server: server.name, stderr: text })
        },
        onEnd() {
          isClosed = true
          transport.onclose?.()
        }
      })
      // Closed while it was being started.
      if (isClosed) await child.stop()
    },
    async send(message) {
      if (!child) throw new Error('not started')
      const { id, method } = message as { id?: unknown; method?: unknown }
      if (id !== undefined && method !== undefined) owed++
      await child.write(JSON.stringify(message))
    },
    async close() {
      isClosed = true
      await child?.stop()
    }
  }
  return transport
}

/** True for an answer. */
function deliver(transport: StdioTransport, line: string): boolean {
  if (line.trim() === '') return false
  try {
    const message = parseJson(line)
    transport.onmessage?.(message as never)
    return isRecord(message) && message.method === undefined
  } catch (error) {
    // Programs print greetings and progress bars.
    transport.onerror?.(error as Error)
    return false
  }
}
