import { createChanges } from '../src/changes.ts'
import type { LoadedConfig } from '../src/config.ts'
import { createMetrics } from '../src/metrics.ts'
import type { Config } from '../src/settings.ts'
import type { Source } from '../src/source.ts'
import { loadSources } from '../tools/load.ts'
import { takeStdout } from '../transports/stdout.ts'
import type { CommandLine } from './command-line.ts'
import { type Core, createCore } from './core.ts'
import { findLock, openLock } from './open-lock.ts'
import { openOutput } from './output.ts'
import { createShutdown } from './shutdown.ts'
import { handleSignals } from './signals.ts'
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
  { configFile }: Pick<CommandLine, 'configFile'>
): Promise<void> {
  // Before a module of the user's can write or keep a way to write there.
  const hasStdio = config.transport === 'stdio' || config.transport === 'both'
  const stdout = hasStdio ? takeStdout() : undefined
  const { core, sources, close } = await openCore(config, configFile)
  const { log, mcp } = core
  const signals = handleSignals(config, core)
  for (const warning of warnings) log.warn(warning)
  const open: Closable[] = []
  const { drainWaitMs } = config.http
  const shutdown = createShutdown({
    log,
    maxMs: drainWaitMs + graceMs + closingMs,
    skip: signals.skip,
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
    close
  })

  // HTTP first: a refused configuration must stop the start before stdio has said anything.
  if (config.transport !== 'stdio') {
    const { startHttp } = await import('./http.ts')
    const http = await startHttp(config, core)
    open.push(http)
    signals.renewTlsOf(http)
  }
  if (!stdout) return
  const { serveStdin } = await import('./stdio.ts')
  open.push(serveStdin(config, mcp, stdout, shutdown))
}

interface Opened {
  readonly core: Core
  readonly sources: readonly Source[]
  /** Closes all but the sources, the log last. */
  close(): Promise<void>
}

/** Opens what every transport serves. */
async function openCore(config: Config, configFile: string | undefined): Promise<Opened> {
  const output = openOutput(config)
  if (config.log.redact) guardStderr(output.secrets.clean)
  const metrics = createMetrics()
  const sources = await loadSources(config, output.log, metrics.observeUpstream)
  const changes = createChanges()
  const lock = openLock(findLock(config, configFile), sources, output.log)
  const surroundings = await openSurroundings(config, changes, output.log)
  const core = createCore(config, sources, { ...surroundings, changes, output, metrics, lock })
  return {
    core,
    sources,
    async close() {
      surroundings.close()
      lock?.close()
      await core.audit.close(1000)
      await output.flush(1000)
    }
  }
}
