import { bucketSeconds, type Counts, type Distribution, type Series } from '../metrics.ts'
import type { CircuitState } from '../readiness.ts'

/** What is not counted but looked at when somebody asks. */
export interface Gauges {
  readonly inFlight: number
  readonly queued: number
  readonly circuits: readonly { readonly upstream: string; readonly state: CircuitState }[]
  readonly auditRecords: number
  readonly auditDropped: number
}

/** What only a server over HTTP has. */
export interface HttpGauges {
  readonly sessions: number
  readonly version: string
}

export interface Sample {
  /** The family's own name when undefined. */
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/** A metric as Prometheus has it. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly Sample[]
}

const circuitValues: Readonly<Record<CircuitState, number>> = { closed: 0, half_open: 1, open: 2 }

/** Every exported family, with its present samples. */
export function listFamilies(counts: Counts, gauges: Gauges & HttpGauges): readonly Family[] {
  return [
    count('mcp_requests_total', 'MCP requests answered.', ['method'], counts.requests),
    histogram(
      'mcp_request_duration_seconds',
      'Time from a dispatched MCP request to its answer.',
      ['method'],
      counts.requestSeconds
    ),
    count(
      'mcp_errors_total',
      'MCP requests answered with a JSON-RPC error.',
      ['method', 'error_code'],
      counts.errors
    ),
    count(
      'mcp_tool_calls_total',
      'Tool calls by how they ended.',
      ['tool', 'outcome'],
      counts.toolCalls
    ),
    histogram(
      'mcp_tool_duration_seconds',
      'Time of a tool call that was let in, waiting for a slot included.',
      ['tool'],
      counts.toolSeconds
    ),
    count(
      'mcp_http_requests_total',
      'HTTP requests by pattern of their route; 499: the client left.',
      ['route', 'status'],
      counts.httpRequests
    ),
    count('mcp_auth_total', 'Credentials looked at.', ['result', 'reason'], counts.auth),
    count(
      'mcp_rate_limited_total',
      'Requests refused for their rate.',
      ['scope'],
      counts.rateLimited
    ),
    gauge('mcp_sessions_active', 'Open sessions of 2025-era clients.', gauges.sessions),
    gauge('mcp_inflight', 'Calls that hold a slot.', gauges.inFlight),
    gauge('mcp_queue_depth', 'Calls that wait for a slot.', gauges.queued),
    histogram(
      'mcp_upstream_request_duration_seconds',
      'Time of one attempt at an upstream API.',
      ['upstream', 'status_class'],
      counts.upstreamSeconds
    ),
    {
      name: 'mcp_circuit_state',
      help: 'Circuit breaker of an upstream API: 0 closed, 1 half open, 2 open.',
      type: 'gauge',
      samples: gauges.circuits.map(({ upstream, state }) => ({
        labels: { upstream },
        value: circuitValues[state]
      }))
    },
    total('mcp_audit_records_total', 'Audit lines written.', gauges.auditRecords),
    total('mcp_audit_dropped_total', 'Audit lines lost.', gauges.auditDropped),
    {
      ...gauge('mcp_build_info', 'Always 1; the version is a label.', 1),
      samples: [{ labels: { version: gauges.version }, value: 1 }]
    }
  ]
}

type LabelNames = readonly [string] | readonly [string, string]

function count(
  name: string,
  help: string,
  names: LabelNames,
  series: Series<{ readonly value: number }>
): Family {
  const samples = series
    .entries()
    .map(({ labels, cell }) => ({ labels: nameLabels(names, labels), value: cell.value }))
  return { name, help, type: 'counter', samples }
}

function gauge(name: string, help: string, value: number): Family {
  return { name, help, type: 'gauge', samples: [{ labels: {}, value }] }
}

function total(name: string, help: string, value: number): Family {
  return { ...gauge(name, help, value), type: 'counter' }
}

function histogram(
  name: string,
  help: string,
  names: LabelNames,
  series: Series<Distribution>
): Family {
  const samples = series
    .entries()
    .flatMap(({ labels, cell }) => describeDistribution(name, nameLabels(names, labels), cell))
  return { name, help, type: 'histogram', samples }
}

/** Buckets are cumulative on the wire. */
function describeDistribution(
  name: string,
  labels: Sample['labels'],
  { perBucket, sum }: Distribution
): readonly Sample[] {
  let below = 0
  const buckets = perBucket.map((value, index): Sample => {
    below += value
    const le = bucketSeconds[index] ?? '+Inf'
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: below }
  ]
}

function nameLabels(
  [first, second]: LabelNames,
  [firstValue, secondValue]: readonly [string, string]
): Readonly<Record<string, string>> {
  return { [first]: firstValue, ...(second !== undefined && { [second]: secondValue }) }
}
