import { attackBodies, attackHeaders, attackLines, type Report } from './phases.ts'
import { startTarget } from './server.ts'
import { attackSlowly } from './slow.ts'

// npm run campaign: the large form. CAMPAIGN_SEED repeats one.
const seed = Number(process.env.CAMPAIGN_SEED ?? 20261121)
const scale = Number(process.env.CAMPAIGN_SCALE ?? 1)

const http = await startTarget('http')
const stdio = await startTarget('stdio')
const reports = [
  await attackBodies(http, 100_000 * scale, seed),
  await attackHeaders(http, 20_000 * scale, seed),
  await attackLines(stdio, 20_000 * scale, seed)
]
const slow = await attackSlowly(http, {
  slowHeaders: 1000,
  slowBodies: 1000,
  halfOpen: 500,
  patienceMs: 40_000
})
await http.stop()
await stdio.stop()

process.stdout.write(`${new Date().toISOString()}, node ${process.version}, seed ${seed}\n\n`)
for (const report of reports) process.stdout.write(describe(report))
process.stdout.write(
  `slow clients: honest p99 ${slow.idleP99Ms.toFixed(1)} ms idle, ${slow.attackedP99Ms.toFixed(1)} ms ` +
    `under attack (${slow.honestCalls} calls, ${slow.honestFailures} failed); ` +
    `last attacker closed after ${(slow.lastClosedMs / 1000).toFixed(1)} s, ${slow.leftOpen} left open\n`
)
const hasFault = reports.some(({ faults }) => faults.length > 0)
process.exitCode = hasFault || slow.honestFailures > 0 || slow.leftOpen > 0 ? 1 : 0

function describe({ phase, sent, answers, executed, faults, stallMs }: Report): string {
  const counts = [...answers].sort().map(([kind, count]) => `${kind}: ${count}`)
  const shown = faults.slice(0, 20).map((fault) => `  FAULT ${fault}\n`)
  return (
    `${phase}: ${sent} sent, ${executed} executed, longest stall ${stallMs.toFixed(1)} ms, ` +
    `${faults.length} faults\n  ${counts.join(', ')}\n${shown.join('')}`
  )
}
