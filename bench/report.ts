import { type ColdStart, coldStartNames } from './cold-start.ts'
import type { HttpLoad, HttpRow } from './http-rows.ts'
import type { Machine } from './machine.ts'
import type { Pinning } from './pinning.ts'
import type { Proxies } from './proxy-rows.ts'
import type { ServerName } from './servers/main.ts'
import { formatTable } from './table.ts'

export interface Report {
  readonly machine: Machine
  readonly load: HttpLoad
  /** Null: `taskset` or a second core was missing. */
  readonly pinning: Pinning | null
  readonly rows: readonly HttpRow[]
  readonly proxies: Proxies
  readonly coldStarts: readonly ColdStart[]
  readonly ratios: Readonly<Record<string, number>>
  /** True when the reference row moved so much that the ratios decide little. */
  readonly isNoisy: boolean
}

const maxSpread = 1.6

/** Joins what was measured and adds the ratios, all of them from the least value of each row. */
export function createReport(
  measured: Pick<Report, 'machine' | 'load' | 'pinning' | 'rows' | 'proxies' | 'coldStarts'>
): Report {
  const { rows, coldStarts } = measured
  const rowOf = (server: ServerName): HttpRow => find(rows, (row) => row.server === server)
  const cpu = (server: ServerName): number => rowOf(server).cpuSecondsPer10k.min
  const startMs = (name: string): number => find(coldStarts, (row) => row.name === name).minMs
  return {
    ...measured,
    ratios: {
      'portcullis ÷ plain SDK v2': cpu('portcullis') / cpu('sdk-v2'),
      'portcullis ÷ Fastify + zod, same hooks': cpu('portcullis') / cpu('fastify-zod'),
      'hooks of portcullis ÷ bare node:http':
        (cpu('portcullis') - cpu('portcullis-bare')) / cpu('bare-http'),
      '401 ÷ good call': cpu('portcullis-401') / cpu('portcullis'),
      '429 ÷ good call': cpu('portcullis-429') / cpu('portcullis'),
      'portcullis, proxying ÷ plain SDK v2, proxying with got':
        cpu('portcullis-proxy') / cpu('sdk-v2-got'),
      'portcullis ÷ SDK v2 client, both before plain SDK v2':
        cpu('portcullis-mount') / cpu('sdk-v2-client'),
      'portcullis, 300 tools ÷ 2 tools': cpu('portcullis-300') / cpu('portcullis'),
      'stdio cold start ÷ serveStdio, McpServer':
        startMs(coldStartNames.product) / startMs(coldStartNames.highLevel),
      'stdio cold start ÷ serveStdio, Server':
        startMs(coldStartNames.product) / startMs(coldStartNames.lowLevel)
    },
    isNoisy: rowOf('sdk-v2').spread > maxSpread
  }
}

/** The report for people. */
export function formatReport(report: Report): string {
  const { ratios, rows, proxies, coldStarts, isNoisy } = report
  const cpuOf = (server: ServerName): number =>
    find(rows, (row) => row.server === server).cpuSecondsPer10k.min
  const [sdk, bare] = [cpuOf('sdk-v2'), cpuOf('bare-http')]
  const http = rows.map((row) => [
    row.name,
    row.cpuSecondsPer10k.min.toFixed(2),
    row.cpuSecondsPer10k.median.toFixed(2),
    `${row.spread.toFixed(2)}x`,
    (row.cpuSecondsPer10k.min / sdk).toFixed(2),
    (row.cpuSecondsPer10k.min / bare).toFixed(2),
    row.requestsPerSecond.toFixed(0),
    row.p50Ms.toFixed(2),
    row.p99Ms.toFixed(2),
    row.rssMb.toFixed(0)
  ])
  const starts = coldStarts.map(({ name, minMs, medianMs }) => [
    name,
    minMs.toFixed(0),
    medianMs.toFixed(0)
  ])
  return [
    ...describeRun(report),
    '',
    ...formatTable([httpHead, ...http]),
    '',
    ...formatProxies(proxies),
    '',
    ...formatTable([['stdio, spawn to tools/list', 'min ms', 'median ms'], ...starts]),
    '',
    ...formatTable([
      [isNoisy ? 'ratio (noisy)' : 'ratio', 'value'],
      ...Object.entries(ratios).map(([name, value]) => [name, value.toFixed(2)])
    ]),
    ''
  ].join('\n')
}

const httpHead = [
  'tools/call echo over HTTP',
  'CPU s/10k',
  'median',
  'spread',
  '÷ SDK',
  '÷ bare',
  'req/s',
  'p50 ms',
  'p99 ms',
  'RSS MB'
]

function formatProxies({ rows, skipped }: Proxies): readonly string[] {
  const head = [
    '2025 session before stdio',
    'CPU s/10k',
    'calls/s',
    'p50 ms, 1 at a time',
    'added ms'
  ]
  const cells = rows.map((row) => [
    row.name,
    row.cpuSecondsPer10k.toFixed(2),
    row.callsPerSecond.toFixed(0),
    row.p50Ms.toFixed(2),
    row.addedMs.toFixed(2)
  ])
  const notes = skipped.map(({ name, reason }) => `${name}: skipped, ${reason}`)
  return [...formatTable([head, ...cells]), ...notes]
}

function describeRun({ machine, load, pinning }: Report): readonly string[] {
  const where = pinning
    ? `server on core ${pinning.serverCore}, client on core ${pinning.clientCore}`
    : 'not pinned: taskset or a second core is missing'
  return [
    `${machine.date}, commit ${machine.commit}`,
    `${machine.cpu}, ${machine.cores} cores, node ${machine.node}, load ${machine.load.join(' ')}`,
    `${load.rounds} rounds of ${load.calls} calls after ${load.warmUpCalls}, ` +
      `${load.concurrency} at a time; ${where}`
  ]
}

function find<T>(items: readonly T[], test: (item: T) => boolean): T {
  const found = items.find(test)
  if (found === undefined) throw new Error('a row is missing')
  return found
}
