import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse } from 'yaml'
import { startApp } from './helpers/app.ts'
import { send } from './helpers/http.ts'
import { authHeaders } from './helpers/messages.ts'
import { metricTable, parseMetrics } from './helpers/prometheus.ts'

// From dist/test, where this file runs.
const pathOf = (name: string) => fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url))
const alertsFile = pathOf('prometheus/alerts.yml')
const scrapeFiles = ['scrape', 'scrape-kubernetes'].map((name) => pathOf(`prometheus/${name}.yml`))

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: Readonly<Record<string, string>>
}
interface Panel {
  readonly id: number
  readonly title: string
  readonly type: string
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets?: readonly { readonly expr: string }[]
}

const rules = parse(readFileSync(alertsFile, 'utf8')).groups.flatMap(
  (group: { rules: readonly Rule[] }) => group.rules
) as readonly Rule[]
const dashboard = JSON.parse(readFileSync(pathOf('grafana/dashboard.json'), 'utf8'))
const panels = dashboard.panels as readonly Panel[]
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const))
]

/** Everything that a live server exports, with the labels of each. */
async function exported(): Promise<ReadonlyMap<string, readonly string[]>> {
  const app = await startApp()
  t.teardown(() => app.close(0))
  const { text } = await send(`${app.origin}/metrics`, { method: 'GET', headers: authHeaders() })
  return new Map(
    [...parseMetrics(text).types].flatMap(([name, type]): [string, readonly string[]][] => {
      const [, ...labels] = metricTable[name] ?? ['']
      if (type !== 'histogram') return [[name, labels]]
      return [
        [`${name}_bucket`, [...labels, 'le']],
        [`${name}_sum`, labels],
        [`${name}_count`, labels]
      ]
    })
  )
}

/** Prometheus adds these to every scraped sample. */
const scraped = ['job', 'instance']

t.test('every metric and label of the alerts and the dashboard is exported', async (t) => {
  const known = await exported()
  const used = new Set<string>()
  for (const [title, expr] of expressions) {
    const names = expr.match(/\bmcp_\w+/g) ?? []
    for (const name of names) {
      t.ok(known.has(name), `${title}: ${name}`)
      used.add(name)
    }
    const labels = names.flatMap((name) => known.get(name) ?? [])
    const selected = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label)
    const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
      list.split(',').map((label) => label.trim())
    )
    for (const label of [...selected, ...grouped]) {
      t.ok([...labels, ...scraped].includes(label), `${title}: label ${label}`)
    }
  }
  const unused = Object.keys(metricTable).filter(
    (name) => ![...used].some((one) => one.startsWith(name))
  )
  t.strictSame(unused, [], 'every metric is shown or watched')
})

t.test('each alert says what is wrong, and how bad that is', async (t) => {
  t.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length)
  for (const { alert, labels, annotations } of rules) {
    t.match(labels.severity, /^(?:critical|warning|info)$/, alert)
    t.ok(annotations.summary, alert)
  }
})

t.test('what the old guides wanted to be alerted of has an alert', async (t) => {
  const names = rules.map(({ alert }) => alert)
  const wanted: Readonly<Record<string, readonly string[]>> = {
    'failed logins': ['PortcullisGuessing'],
    'upstream errors': ['PortcullisUpstreamErrors', 'PortcullisCircuitOpen'],
    latency: ['PortcullisSlow'],
    'error rate': ['PortcullisToolsFail', 'PortcullisInternalErrors', 'PortcullisUnavailable'],
    'unusual tools': ['PortcullisProbing'],
    exhaustion: ['PortcullisQueue', 'PortcullisLimited', 'PortcullisSessionsHigh'],
    health: ['PortcullisDown']
  }
  for (const [what, alerts] of Object.entries(wanted)) {
    for (const alert of alerts) t.ok(names.includes(alert), `${what}: ${alert}`)
  }
})

t.test('the panels of the dashboard have ids of their own and do not overlap', async (t) => {
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`)
  )
  t.equal(new Set(cells).size, cells.length)
  t.ok(panels.every(({ gridPos: { x, w } }) => x + w <= 24))
})

const hasPromtool = spawnSync('promtool', ['--version']).status === 0
const skip = hasPromtool ? false : 'promtool is not installed'

t.test('promtool accepts the rules', { skip }, async (t) => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', alertsFile], {
    encoding: 'utf8'
  })
  t.equal(status, 0, `${stdout}${stderr}`)
})

/** Series as promtool writes them, one sample a minute, and the alerts of the tenth minute. */
const fires: readonly (readonly [
  what: string,
  series: Record<string, string>,
  alerts: string[]
])[] = [
  [
    'calls are refused for want of a record, and nothing is dropped',
    {
      'mcp_audit_dropped_total{job="p", instance="a"}': '0x20',
      'mcp_errors_total{job="p", instance="a", method="tools/call", error_code="503"}': '0+9x20'
    },
    ['PortcullisAuditLost']
  ],
  [
    'lines are dropped',
    { 'mcp_audit_dropped_total{job="p", instance="a"}': '0+9x20' },
    ['PortcullisAuditLost']
  ],
  [
    'sessions are full',
    { 'mcp_errors_total{job="p", instance="a", method="initialize", error_code="503"}': '0+9x20' },
    []
  ],
  [
    'a circuit that opens again and again',
    { 'mcp_circuit_state{job="p", upstream="crm"}': '2 1 2 1 2 1 2 1 2 1 2 1' },
    ['PortcullisCircuitOpen']
  ],
  [
    'probes of an instance out of service, and callers that are served',
    {
      'mcp_http_requests_total{job="p", route="/ready", status="503"}': '0+60x20',
      'mcp_http_requests_total{job="p", route="/mcp", status="200"}': '0+60x20'
    },
    []
  ],
  [
    'callers that are not served, and probes that are',
    {
      'mcp_http_requests_total{job="p", route="/livez", status="200"}': '0+6000x20',
      'mcp_http_requests_total{job="p", route="/mcp", status="503"}': '0+60x20'
    },
    ['PortcullisUnavailable']
  ],
  [
    'calls of what is not there',
    { 'mcp_tool_calls_total{job="p", tool="_unknown", outcome="unknown"}': '0+6x20' },
    ['PortcullisProbing']
  ],
  [
    'a wrong name now and then',
    { 'mcp_tool_calls_total{job="p", tool="_unknown", outcome="unknown"}': '0+1x20' },
    []
  ],
  ['a queue for five minutes', { 'mcp_queue_depth{job="p"}': '0 0 0 0 1x20' }, ['PortcullisQueue']]
]

t.test(
  'alerts fire for what they are named after, and for nothing beside it',
  { skip },
  async (t) => {
    const watched = [...new Set(fires.flatMap(([, , alerts]) => alerts))]
    for (const [what, series, alerts] of fires) {
      const input_series = Object.entries(series).map(([name, values]) => ({
        series: name,
        values
      }))
      const names = watched.map((name) => JSON.stringify(name)).join('|')
      const expr = `count by (alertname) (ALERTS{alertstate="firing", alertname=~${names.replaceAll('"|"', '|')}})`
      const exp_samples = alerts.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 }))
      const tests = [
        {
          interval: '1m',
          input_series,
          promql_expr_test: [{ expr, eval_time: '10m', exp_samples }]
        }
      ]
      const folder = t.testdir({
        'test.json': JSON.stringify({ rule_files: [alertsFile], evaluation_interval: '1m', tests })
      })
      const args = ['test', 'rules', join(folder, 'test.json')]
      const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
      t.equal(status, 0, `${what}: ${stdout}${stderr}`)
    }
  }
)

t.test('promtool accepts the scrape configuration', { skip }, async (t) => {
  for (const file of scrapeFiles) {
    // Debian's promtool is built without Kubernetes; the rest of the file is checked all the same.
    const text = readFileSync(file, 'utf8').replace(
      /kubernetes_sd_configs:\n(?: {6}.*\n)+/,
      'static_configs: []\n'
    )
    const copy = join(t.testdir({ 'prometheus.yml': text }), 'prometheus.yml')
    const args = ['check', 'config', '--syntax-only', copy]
    const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
    t.equal(status, 0, `${stdout}${stderr}`)
  }
})

t.test('promtool accepts what is exported', { skip }, async (t) => {
  const app = await startApp()
  t.teardown(() => app.close(0))
  const { text } = await send(`${app.origin}/metrics`, { method: 'GET', headers: authHeaders() })
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    encoding: 'utf8',
    input: text
  })
  t.equal(status, 0, `${stdout}${stderr}`)
})
