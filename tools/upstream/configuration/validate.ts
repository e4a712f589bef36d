import type { ConfigurationIssue } from './issue.ts'
import { inspectServers, type ReadOptions } from './servers.ts'

export interface ValidationResult {
  /** True when there is no error; warnings do not count. */
  readonly valid: boolean
  /** The message of the first error. */
  readonly errorMessage?: string
  readonly details: {
    readonly issues: readonly ConfigurationIssue[]
    readonly endpointsValidated: number
    readonly productionMode: boolean
  }
}

/**
 * Checks a configuration of MCP servers, an object or its JSON text, before anything connects: no
 * network is touched. Production mode refuses what development warns about.
 */
export function validateConfigurationSecurity(
  config: unknown,
  options: ReadOptions = {}
): ValidationResult {
  const { issues, servers } = inspectServers(config, options)
  return summarize(issues, servers.length, options.productionMode ?? true)
}

export function summarize(
  issues: readonly ConfigurationIssue[],
  endpointsValidated: number,
  productionMode: boolean
): ValidationResult {
  const fault = issues.find(({ severity }) => severity === 'error')
  return {
    valid: fault === undefined,
    ...(fault && { errorMessage: fault.message }),
    details: { issues, endpointsValidated, productionMode }
  }
}
