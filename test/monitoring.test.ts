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
const scrapeFile = pathOf('prometheus/scrape.yml')

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

const probes = `
rule_files: [${alertsFile}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - series: 'mcp_tool_calls_total{job="portcullis",tool="_unknown",outcome="unknown"}'
        values: 0+6x20
      - series: 'mcp_tool_calls_total{job="calm",tool="_unknown",outcome="unknown"}'
        values: 0+1x20
      - series: 'mcp_tool_calls_total{job="busy",tool="echo",outcome="ok"}'
        values: 0+600x20
    alert_rule_test:
      - eval_time: 15m
        alertname: PortcullisProbing
        exp_alerts:
          - exp_labels: { severity: warning, job: portcullis }
            exp_annotations:
              summary: "60 calls of tools in ten minutes that are not there, or not the caller's"
              description: >-
                An agent that guesses names, or one whose key was narrowed; audit lines with outcome
                unknown and forbidden name it.
`

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

t.test('calls of what is not there wake somebody, calls of what is do not', { skip }, async (t) => {
  const file = join(t.testdir({ 'probes.yml': probes }), 'probes.yml')
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], {
    encoding: 'utf8'
  })
  t.equal(status, 0, `${stdout}${stderr}`)
})

t.test('promtool accepts the scrape configuration', { skip }, async (t) => {
  const args = ['check', 'config', '--syntax-only', scrapeFile]
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
  t.equal(status, 0, `${stdout}${stderr}`)
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
