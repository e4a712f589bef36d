import diagnostics from 'node:diagnostics_channel'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCore } from '../../bin/core.ts'
import { openOutput } from '../../bin/output.ts'
import { acceptKey, createAuthenticate, indexKeys } from '../../src/auth.ts'
import type { Changes } from '../../src/changes.ts'
import { createChanges } from '../../src/changes.ts'
import { loadConfig } from '../../src/config.ts'
import { createTokenVerifier, resolveIssuer } from '../../src/identity/jwt.ts'
import { watchToolsLock } from '../../src/lock/watched-lock.ts'
import { createLog } from '../../src/log.ts'
import type { Source } from '../../src/source.ts'
import { createHttpServer, type HttpServer } from '../../transports/http/app.ts'
import type { Mcp } from '../../transports/mcp.ts'
import type { Events } from '../fixtures/events.ts'
import { createTestSource } from '../fixtures/test-source.ts'
import { type KeyName, keyOf, principals } from './principals.ts'

/** One line of the log or of the audit file. */
export type Line = Readonly<Record<string, unknown>>

export interface App {
  /** The MCP endpoint. */
  readonly url: string
  readonly origin: string
  readonly port: number
  readonly mcp: Mcp
  readonly changes: Changes
  /** What happens inside the tools; and `closed REQUEST-ID`, when an answer is over or cut off. */
  readonly events: Events
  /** Every audit line so far, or those of one event. */
  audit(event?: string): readonly Line[]
  log(): readonly Line[]
  readonly close: HttpServer['close']
}

/**
 * The product as it is, on a free port, with the test tools and `more`. `settings` reads like a
 * configuration file; `lockFile` is followed whether it is there or not.
 */
export async function startApp(
  settings: Readonly<Record<string, unknown>> = {},
  more: readonly Source[] = [],
  lockFile?: string
): Promise<App> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-test-'))
  const auditFile = join(folder, 'audit.jsonl')
  const { config } = loadConfig({
    flags: new Map([['--port', '0']]),
    // No machine that is busy may decide a test.
    env: { MCP_AUDIT_FILE: auditFile, MCP_MAX_LOOP_DELAY: '60' },
    file: settings
  })
  const { source, events } = createTestSource()
  const changes = createChanges()
  const logged: string[] = []
  const log = createLog(config.log, { write: (line) => logged.push(line) > 0 })
  const lock =
    lockFile === undefined ? undefined : watchToolsLock({ file: lockFile, isRequired: false }, log)
  const core = createCore(config, [source, ...more], {
    changes,
    output: { ...openOutput(config), log },
    lock
  })
  const mcp = { ...core.mcp, log }
  const keys = indexKeys(
    Object.entries(principals).map(([name, principal]) => ({
      ...acceptKey(keyOf(name as KeyName), principal),
      ...(name === 'expired' && { expiresAtMs: 1 })
    }))
  )
  const issuer = resolveIssuer(config.auth.jwt)
  const verifyToken = issuer && (await createTokenVerifier(issuer, log))
  const server = await createHttpServer({
    mcp,
    registry: core.registry,
    config,
    audit: core.audit,
    gauges: core.gauges,
    notReady: core.notReady,
    ...(config.auth.required && { authenticate: createAuthenticate(() => keys, verifyToken) })
  })
  const origin = await server.listen()
  const port = Number(new URL(origin).port)
  const stopWatching = watchAnswers(port, events)
  return {
    url: `${origin}${config.http.path}`,
    origin,
    port,
    mcp,
    changes,
    events,
    audit(event) {
      core.audit.flush()
      const lines = parseLines(readFileSync(auditFile, 'utf8').split('\n'))
      return event === undefined ? lines : lines.filter((line) => line.event === event)
    },
    log: () => parseLines(logged),
    async close(graceMs) {
      await server.close(graceMs)
      lock?.close()
      await core.audit.close(0)
      stopWatching()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** The server's own side of each exchange: when it has noticed that a client went away. */
function watchAnswers(port: number, events: Events): () => void {
  const channel = 'http.server.request.start'
  const watch = (message: unknown): void => {
    const { response, socket } = message as { response: ServerResponse; socket: Socket }
    if (socket.localPort !== port) return
    response.once('close', () => events.tell(`closed ${response.getHeader('x-request-id')}`))
  }
  diagnostics.subscribe(channel, watch)
  return () => {
    diagnostics.unsubscribe(channel, watch)
  }
}

function parseLines(lines: readonly string[]): readonly Line[] {
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Line)
}
