import { parseArgs } from 'node:util'
import { findFailures } from './check.ts'
import { measureColdStart } from './cold-start.ts'
import { type HttpLoad, measureHttp } from './http-rows.ts'
import { describeMachine } from './machine.ts'
import { pinClient } from './pinning.ts'
import { measureProxies } from './proxy-rows.ts'
import { createReport, formatReport } from './report.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string' },
    rounds: { type: 'string' },
    concurrency: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false }
  }
})

const full = { warmUpCalls: 3000, calls: 5000, rounds: 3, concurrency: 10, coldStarts: 7 }
const quick = { ...full, warmUpCalls: 1000, calls: 1000, rounds: 1, coldStarts: 3 }

const { coldStarts: times, ...defaults } = values.quick ? quick : full
const load: HttpLoad = {
  warmUpCalls: defaults.warmUpCalls,
  calls: readCount('calls', defaults.calls),
  rounds: readCount('rounds', defaults.rounds),
  concurrency: readCount('concurrency', defaults.concurrency)
}

const machine = describeMachine()
const pinning = pinClient()
const rows = await measureHttp(load, pinning)
const proxies = await measureProxies(load, pinning)
const coldStarts = await measureColdStart(times, pinning)
const report = createReport({ machine, load, pinning: pinning ?? null, rows, proxies, coldStarts })

process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report))
const failures = values.check ? findFailures(report) : []
for (const failure of failures) process.stderr.write(`over the limit: ${failure}\n`)
process.exitCode = failures.length > 0 ? 1 : 0

function readCount(name: 'calls' | 'rounds' | 'concurrency', preset: number): number {
  const text = values[name]
  if (text === undefined) return preset
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new Error(`--${name}: must be a whole number above 0`)
  return Number(text)
}
