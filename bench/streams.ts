import { parseArgs } from 'node:util'
import { describeMachine } from './machine.ts'
import { type IdleRow, measureIdle, measureStalled, type StalledRow } from './stream-rows.ts'
import { formatTable } from './table.ts'

/*
 * Memory of the server's process for idle sessions and streams, and for clients that stall. An idle
 * session with its stream may cost 25 KB of heap, a stalled client 1 MiB; with `--check` more fails.
 */

const maxIdleKb = 25
const maxStalledKb = 1024

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    check: { type: 'boolean', default: false }
  }
})
const count = Number(values.count)
if (!Number.isInteger(count) || count < 1)
  throw new Error('--count: must be a whole number above 0')

const { date, commit, cpu, node, load } = describeMachine()
const idle = await measureIdle(count)
const stalled = await measureStalled()
process.stdout.write(
  [
    `${date}, commit ${commit}`,
    `${cpu}, node ${node}, load ${load.join(' ')}; ${count} of each kind, after two collections`,
    '',
    ...formatTable([idleHead(), ...idle.map(formatIdle)]),
    '',
    ...formatTable([stalledHead(), ...stalled.map(formatStalled)]),
    ''
  ].join('\n')
)
const isOver =
  idle.some(({ heapKb, bufferKb }) => heapKb + bufferKb > maxIdleKb) ||
  stalled.some(({ heapKb, events, heard }) => heapKb > maxStalledKb || heard < events)
if (values.check && isOver) process.exitCode = 1

function idleHead(): readonly string[] {
  return ['idle, each', 'heap KB', 'buffers KB', 'RSS KB', 'left in all KB', 'descriptors']
}

function formatIdle({ name, heapKb, bufferKb, rssKb, leftKb, descriptors }: IdleRow): string[] {
  const sizes = [heapKb, bufferKb, rssKb].map((kb) => kb.toFixed(1))
  return [name, ...sizes, leftKb.toFixed(0), descriptors.join(' ')]
}

function stalledHead(): readonly string[] {
  return ['stalled, each at most', 'heap and buffers KB', 'RSS KB', 'events', 'heard by a reader']
}

function formatStalled({ name, heapKb, rssKb, events, heard }: StalledRow): string[] {
  return [name, heapKb.toFixed(0), rssKb.toFixed(0), String(events), String(heard)]
}
