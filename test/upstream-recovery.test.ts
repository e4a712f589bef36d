import t from 'tap'
import { createRecovery } from '../tools/upstream/recovery.ts'

/* How long a server that fails is left alone. */

const down = new Error('down')

t.test('a server that connects and ends at once is left alone for longer and longer', async (t) => {
  const waits: number[] = []
  const { setTimeout: own } = globalThis
  t.teardown(() => {
    globalThis.setTimeout = own
  })
  globalThis.setTimeout = ((_: () => void, waitMs: number) => {
    waits.push(waitMs)
    return own(() => {}, 0)
  }) as typeof setTimeout
  let nowMs = 0
  const recovery = createRecovery({
    firstMs: 100,
    maxMs: 1000,
    settledMs: 5000,
    random: () => 0,
    now: () => nowMs,
    attempt: () => {}
  })
  const live = (ms: number): void => {
    recovery.succeed()
    t.equal(recovery.error, undefined)
    nowMs += ms
    recovery.fail(down)
    t.equal(recovery.error, down)
  }
  for (let round = 0; round < 6; round++) live(10)
  t.strictSame(waits, [100, 200, 400, 800, 1000, 1000])
  live(5000)
  t.equal(waits.at(-1), 100, 'one that lasted was a success')
  recovery.close()
})
