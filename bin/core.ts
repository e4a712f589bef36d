import { randomBytes } from 'node:crypto'
import { type Alert, createAlerts } from '../src/alerts.ts'
import type { Audit } from '../src/audit.ts'
import { requireTools, selectTools } from '../src/catalogue/select-tools.ts'
import { type Changes, createChanges } from '../src/changes.ts'
import { createPolicy, type PolicyOptions } from '../src/create-policy.ts'
import { createDispatcher } from '../src/dispatch.ts'
import { createKillSwitch } from '../src/kill-switch.ts'
import { createQuarantine } from '../src/lock/quarantine.ts'
import type { WatchedLock } from '../src/lock/watched-lock.ts'
import { createMetrics } from '../src/metrics.ts'
import type { Gauges } from '../src/output/metric-families.ts'
import type { SecretFilter } from '../src/output/secret-filter.ts'
import type { Policy } from '../src/policy.ts'
import { describeOutage, type NotReady } from '../src/readiness.ts'
import { createRegistry, type Registry } from '../src/registry.ts'
import type { Config } from '../src/settings.ts'
import type { Source } from '../src/source.ts'
import type { Log } from '../src/types.ts'
import { readVersion } from '../src/version.ts'
import type { Mcp } from '../transports/mcp.ts'
import { createRequestState } from '../transports/request-state.ts'
import { openAudit } from './open-audit.ts'
import { type Output, openOutput } from './output.ts'

/** Everything that is the same whichever transport serves it. */
export interface Core {
  readonly mcp: Mcp
  readonly registry: Registry
  readonly audit: Audit
  readonly log: Log
  readonly secrets: SecretFilter
  readonly gauges: () => Gauges
  /** Why calls cannot be served just now. */
  readonly notReady: () => readonly NotReady[]
}

/** What a command can do without; a server that runs for long has it. */
export interface CoreOptions extends PolicyOptions {
  /** Hears of changes from outside, too. */
  readonly changes?: Changes
  readonly output?: Output
  /** Tells somebody outside of an alert. */
  readonly sendAlert?: (alert: Alert) => void
  /** Definitions from outside that were approved. */
  readonly lock?: WatchedLock
}

/** Puts sources, registry, policy and dispatcher together as the configuration says. */
export function createCore(
  config: Config,
  sources: readonly Source[],
  options: CoreOptions = {}
): Core {
  const { changes = createChanges(), output = openOutput(config), sendAlert, lock } = options
  const { limiters, metrics = createMetrics() } = options
  const { log, secrets } = output
  const audit = openAudit(config, output)
  const { discovery } = config
  const quarantine = lock && createQuarantine({ lock, audit, log })
  const registry = createRegistry(selectTools(sources, config), {
    discovery,
    changes,
    ...(quarantine && { quarantine })
  })
  requireTools('limits.tools', Object.keys(config.limits.tools), sources, registry.tools)
  const policy = createPolicy(config, audit, { limiters, metrics })
  const alerts = createAlerts({ audit, log, ...(sendAlert && { send: sendAlert }) })
  const killSwitch = createKillSwitch(() => {
    policy.slots.stop()
    const transport = config.transport === 'stdio' ? 'stdio' : 'http'
    alerts.raise({ reason: 'calls_stopped', transport })
  })
  const dispatcher = createDispatcher(registry, policy)
  const requestState = createRequestState(randomBytes(32))
  const version = readVersion()
  const mcp = { dispatcher, changes, requestState, log, version, alerts, killSwitch, metrics }
  return Object.freeze({ mcp, registry, audit, log, secrets, ...describeState(policy, sources) })
}

/** What readiness and metrics look at. */
function describeState(
  { audit, slots }: Policy,
  sources: readonly Source[]
): Pick<Core, 'gauges' | 'notReady'> {
  const upstreams = sources.flatMap(({ upstream }) => upstream ?? [])
  return {
    gauges() {
      const { records, dropped } = audit.counts()
      return {
        inFlight: slots.inFlight,
        queued: slots.queued,
        circuits: upstreams.map(({ name, circuit }) => ({ upstream: name, state: circuit() })),
        auditRecords: records,
        auditDropped: dropped
      }
    },
    notReady: () => [
      ...(slots.isFull ? [{ reason: 'overloaded' } as const] : []),
      ...(audit.isBlocked() ? [{ reason: 'audit_unwritable' } as const] : []),
      ...upstreams.flatMap(describeOutage)
    ]
  }
}
