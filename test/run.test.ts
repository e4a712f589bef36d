import t from 'tap'
import { runGuarded } from '../src/call/run.ts'
import { createSlots } from '../src/limits/slots.ts'
import type { CallContext } from '../src/types.ts'
import { createBareContext } from '../transports/call-context.ts'
import { silent } from './helpers/silent.ts'

const fresh = () =>
  createBareContext({ principal: { id: 'test', kind: 'local' }, transport: 'stdio' }, silent)

t.test('work that ignores its signal keeps its slot, but not for ever', async (t) => {
  const slots = createSlots({ maxConcurrent: 1, queue: 1, queueWaitMs: 60_000 })
  t.strictSame(await runGuarded(slots, 20, fresh(), () => new Promise(() => {})), {
    outcome: 'timeout'
  })
  t.equal(slots.inFlight, 1, 'the answer is out, the work goes on')
  t.strictSame(await runGuarded(slots, 20, fresh(), () => 'next'), { outcome: 'ok', value: 'next' })
  t.equal(slots.inFlight, 0)
})

t.test('work that stops when told gives its slot back at once', async (t) => {
  const slots = createSlots({ maxConcurrent: 1, queue: 0, queueWaitMs: 1 })
  const stopped = ({ signal }: CallContext) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  t.strictSame(await runGuarded(slots, 20, fresh(), stopped), { outcome: 'timeout' })
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(slots.inFlight, 0)
})

t.test('work whose caller gave up before its turn does not begin', async (t) => {
  const slots = createSlots({ maxConcurrent: 1, queue: 0, queueWaitMs: 1 })
  const ctx = fresh()
  let hasBegun = false
  const settled = runGuarded(slots, 60_000, ctx, () => {
    hasBegun = true
  })
  ctx.cancellation.stop('cancelled')
  t.strictSame(await settled, { outcome: 'cancelled' })
  t.notOk(hasBegun)
  t.equal(slots.inFlight, 0)
})
