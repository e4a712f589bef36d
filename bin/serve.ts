import { createLocalPrincipal } from '../src/auth.ts'
import { createChanges } from '../src/changes.ts'
import type { LoadedConfig } from '../src/config.ts'
import { reasonOf } from '../src/config-error.ts'
import { createMetrics, type Metrics } from '../src/metrics.ts'
import type { Config } from '../src/settings.ts'
import type { Source } from '../src/source.ts'
import type { Log } from '../src/types.ts'
import type { LockPlace } from '../src/watched-lock.ts'
import type { HttpServer } from '../transports/http/app.ts'
import type { LineServer } from '../transports/stdio.ts'
import { takeStdout } from '../transports/stdout.ts'
import { createCore } from './core.ts'
import { openLock } from './open-lock.ts'
import { openOutput } from './output.ts'
import { createShutdown } from './shutdown.ts'
import { guardStderr } from './stderr.ts'
import { openSurroundings } from './surroundings.ts'

/** Work in flight gets this long to finish; then the process ends. */
const graceMs = 10_000
/** Then answers are read (1 s) and the programs of mounted servers end (2.7 s). */
const closingMs = 5000

/** A transport. */
interface Closable {
  close(graceMs: number, waitMs: number): Promise<void>
}

/** Serves until a signal, or until the stdio client goes away. */
export async function serve(
  { config, warnings }: LoadedConfig,
  loadSources: (
    config: Config,
    log: Log,
    observe: Metrics['observeUpstream']
  ) => Promise<readonly Source[]>,
  lockPlace: LockPlace
): Promise<void> {
  // Before a module of the user's can write or keep a way to write there.
  const hasStdio = config.transport === 'stdio' || config.transport === 'both'
  const stdout = hasStdio ? takeStdout() : undefined
  const output = openOutput(config)
  if (config.log.redact) guardStderr(output.secrets.clean)
  const metrics = createMetrics()
  const sources = await loadSources(config, output.log, metrics.observeUpstream)
  const changes = createChanges()
  const lock = openLock(lockPlace, sources, output.log)
  const surroundings = await openSurroundings(config, changes, output.log)
  const core = createCore(config, sources, changes, output, {
    ...surroundings,
    metrics,
    ...(lock && { lock })
  })
  const { log, mcp } = core
  process.on('SIGUSR2', mcp.killSwitch.stop)
  for (const warning of warnings) log.warn(warning)
  const open: Closable[] = []
  // With an audit file the signal means what it means to logrotate, not a terminal that went away.
  const isRotated = config.audit.enabled && config.audit.file !== undefined
  const isRenewed = config.http.tls.cert !== undefined
  const skip = isRotated || isRenewed ? (['SIGUSR2', 'SIGHUP'] as const) : (['SIGUSR2'] as const)
  if (isRotated) process.on('SIGHUP', () => core.audit.reopen())

  const { drainWaitMs } = config.http
  const shutdown = createShutdown({
    log,
    maxMs: drainWaitMs + graceMs + closingMs,
    skip,
    async end(isSignal) {
      // A process in doubt takes no new work while balancers take note.
      const waitMs = isSignal ? drainWaitMs : 0
      const closes = open.map((transport) => () => transport.close(graceMs, waitMs))
      await shutdown.closeAll('transports', closes)
      await shutdown.closeAll(
        'sources',
        sources.map((source) => () => source.close())
      )
    },
    async close() {
      surroundings.close()
      lock?.close()
      await core.audit.close(1000)
      await output.flush(1000)
    }
  })

  // HTTP first: a refused configuration must stop the start before stdio has said anything.
  if (config.transport !== 'stdio') {
    const { startHttp } = await import('./http.ts')
    const http = await startHttp(config, core)
    open.push(http)
    if (isRenewed) process.on('SIGHUP', () => renewTls(http, log))
  }
  if (!stdout) return
  const { serveLines } = await import('../transports/stdio.ts')
  const { maxRequestBytes: maxLineBytes } = config.limits
  const stdio = serveLines({
    mcp,
    principal: createLocalPrincipal(config.stdio),
    maxLineBytes,
    input: process.stdin,
    output: stdout
  })
  open.push(stdio)
  watchStdio(stdio, config.transport === 'both')

  function watchStdio(server: LineServer, hasOther: boolean): void {
    const orphaned = watchParent()
    Promise.race([server.ended, orphaned])
      .then(async (error) => {
        if (error) shutdown.note('standard input or output broke', error)
        // The client is gone but may still read: its calls end by their own deadline.
        await server.close(error ? 0 : config.limits.callTimeoutMs + 1000)
        if (!hasOther) shutdown.begin()
      })
      .catch((error: unknown) => shutdown.note('stdio', error))
  }
}

/** A server goes on with the certificate that it has when the new one is no good. */
function renewTls(server: HttpServer, log: Log): void {
  try {
    server.renewTls()
    log.info('certificate read again')
  } catch (error) {
    log.error('certificate not renewed', { reason: reasonOf(error) })
  }
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
