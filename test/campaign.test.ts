import t from 'tap'
import { attackBodies, attackHeaders, attackLines, type Report } from './campaign/phases.ts'
import { startTarget } from './campaign/server.ts'
import { attackSlowly } from './campaign/slow.ts'

// The small form of npm run campaign.
const seed = 1

const hasPassed = ({ faults, sent, executed }: Report): boolean =>
  faults.length === 0 && sent > 0 && executed > 0

t.test('bodies: nothing crashes, nothing leaks, nothing runs that must not', async (t) => {
  const target = await startTarget('http')
  t.teardown(target.stop)
  const report = await attackBodies(target, 1500, seed)
  t.ok(hasPassed(report), 'bodies', report)
})

t.test('raw requests with attacked headers', async (t) => {
  const target = await startTarget('http')
  t.teardown(target.stop)
  const report = await attackHeaders(target, 1500, seed)
  t.ok(hasPassed(report), 'headers', report)
})

t.test('lines on stdio', async (t) => {
  const target = await startTarget('stdio')
  t.teardown(target.stop)
  const report = await attackLines(target, 1500, seed)
  t.ok(hasPassed(report), 'lines', report)
})

t.test('an honest client is served while others only take up room', async (t) => {
  const target = await startTarget('http')
  t.teardown(target.stop)
  const crowd = { slowHeaders: 500, slowBodies: 400, halfOpen: 300, patienceMs: 3000 }
  const report = await attackSlowly(target, crowd)
  t.comment(report)
  t.equal(report.honestFailures, 0)
  t.ok(report.honestCalls > 0)
})
