/** Of a circuit breaker. */
export type CircuitState = 'closed' | 'open' | 'half_open'

/** An API behind a source. */
export interface Upstream {
  /** As the configuration calls it. */
  readonly name: string
  circuit(): CircuitState
}

/** Why the server should get no new work now. */
export interface NotReady {
  readonly reason: 'draining' | 'calls_stopped' | 'overloaded' | 'audit_unwritable' | 'circuit_open'
  /** Of `circuit_open`. */
  readonly upstream?: string
}
