import { randomBytes } from 'node:crypto'
import { type Alert, createAlerts } from '../src/alerts.ts'
import type { Audit } from '../src/audit.ts'
import { createChanges } from '../src/changes.ts'
import { createPolicy } from '../src/create-policy.ts'
import { createDispatcher } from '../src/dispatch.ts'
import { createKillSwitch } from '../src/kill-switch.ts'
import type { Limiter, SharedLimiter } from '../src/limit.ts'
import type { Policy } from '../src/policy.ts'
import { createRegistry, type Registry } from '../src/registry.ts'
import type { SecretFilter } from '../src/secret-filter.ts'
import { requireTools, selectTools } from '../src/select-tools.ts'
import type { Config } from '../src/settings.ts'
import type { Changes, Log, Source } from '../src/types.ts'
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
  readonly policy: Policy
  readonly secrets: SecretFilter
}

/** What only a server that runs for long has beside the rest. */
export interface Surroundings {
  /** Tells somebody outside of an alert. */
  readonly sendAlert?: (alert: Alert) => void
  /** Buckets shared with other instances, and those that stand in for them. */
  readonly limiters?: { readonly own: Limiter; readonly shared: SharedLimiter }
}

/** Puts sources, registry, policy and dispatcher together as the configuration says. */
export function createCore(
  config: Config,
  sources: readonly Source[],
  changes: Changes = createChanges(),
  output: Output = openOutput(config),
  { sendAlert, limiters }: Surroundings = {}
): Core {
  const { log, secrets } = output
  const audit = openAudit(config, output)
  const registry = createRegistry(selectTools(sources, config), config)
  requireTools('limits.tools', Object.keys(config.limits.tools), sources, registry.tools)
  const policy = createPolicy(config, audit, limiters?.own, limiters?.shared)
  const alerts = createAlerts({ audit, log, ...(sendAlert && { send: sendAlert }) })
  const killSwitch = createKillSwitch(() => {
    policy.slots.stop()
    const transport = config.transport === 'stdio' ? 'stdio' : 'http'
    alerts.raise({ reason: 'calls_stopped', transport })
  })
  const dispatcher = createDispatcher(registry, policy)
  const requestState = createRequestState(randomBytes(32))
  const version = readVersion()
  const mcp = { dispatcher, changes, requestState, log, version, alerts, killSwitch }
  return Object.freeze({ mcp, registry, audit, log, policy, secrets })
}
