/** Of a circuit breaker. */
export type CircuitState = 'closed' | 'open' | 'half_open'

/** An API or another MCP server behind a source. */
export interface Upstream {
  readonly kind: 'api' | 'server'
  /** As the configuration calls it. */
  readonly name: string
  circuit(): CircuitState
}

/** What is wrong now. All but `server_down` mean that the server should get no new work. */
export interface NotReady {
  readonly reason:
    | 'draining'
    | 'calls_stopped'
    | 'overloaded'
    | 'audit_unwritable'
    | 'circuit_open'
    | 'server_down'
  /** Of `circuit_open` and `server_down`. */
  readonly upstream?: string
}

/** Whether to serve on: a mounted MCP server that is gone takes nothing but its own tools along. */
export function isReady(reasons: readonly NotReady[]): boolean {
  return reasons.every(({ reason }) => reason === 'server_down')
}

/** What an upstream that cannot be reached means. */
export function describeOutage({ kind, name, circuit }: Upstream): readonly NotReady[] {
  if (circuit() !== 'open') return []
  return [{ reason: kind === 'api' ? 'circuit_open' : 'server_down', upstream: name }]
}
