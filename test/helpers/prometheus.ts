import { send } from './http.ts'

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Scrape {
  readonly types: ReadonlyMap<string, string>
  readonly samples: readonly Sample[]
  readonly text: string
  /** The value of the one sample with these labels; 0 when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number
}

/** Reads the text format; throws at any line that is not of it. */
export function parseMetrics(text: string): Scrape {
  const types = new Map<string, string>()
  const samples: Sample[] = []
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, typed = '', type = ''] = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line) ?? []
    if (type !== '') types.set(typed, type)
    else if (!/^# HELP \w+ \S/.test(line)) samples.push(parseSample(line))
  }
  const value: Scrape['value'] = (name, labels = {}) =>
    samples.find((each) => each.name === name && isSame(each.labels, labels))?.value ?? 0
  return { types, samples, text, value }
}

function parseSample(line: string): Sample {
  const match = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line)
  const value = Number(match?.[3])
  if (!match || Number.isNaN(value)) throw new Error(`not a sample: ${line}`)
  const pairs = [...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
  return {
    name: match[1] ?? '',
    labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])),
    value
  }
}

function isSame(a: object, b: object): boolean {
  const text = (labels: object) => JSON.stringify(Object.entries(labels).sort())
  return text(a) === text(b)
}

/** What a server exports just now. */
export async function scrape(
  origin: string,
  headers: Readonly<Record<string, string>>
): Promise<Scrape> {
  const { status, text } = await send(`${origin}/metrics`, { method: 'GET', headers })
  if (status !== 200) throw new Error(`/metrics answered ${status}`)
  return parseMetrics(text)
}

/** CONTRACT.md, "Metrics": every name, its type and its labels. */
export const metricTable: Readonly<Record<string, readonly [type: string, ...labels: string[]]>> = {
  mcp_requests_total: ['counter', 'method'],
  mcp_request_duration_seconds: ['histogram', 'method'],
  mcp_errors_total: ['counter', 'method', 'error_code'],
  mcp_tool_calls_total: ['counter', 'tool', 'outcome'],
  mcp_tool_duration_seconds: ['histogram', 'tool'],
  mcp_http_requests_total: ['counter', 'route', 'status'],
  mcp_auth_total: ['counter', 'result', 'reason'],
  mcp_rate_limited_total: ['counter', 'scope'],
  mcp_sessions_active: ['gauge'],
  mcp_inflight: ['gauge'],
  mcp_queue_depth: ['gauge'],
  mcp_upstream_request_duration_seconds: ['histogram', 'upstream', 'status_class'],
  mcp_circuit_state: ['gauge', 'upstream'],
  mcp_audit_records_total: ['counter'],
  mcp_audit_dropped_total: ['counter'],
  mcp_build_info: ['gauge', 'version']
}
