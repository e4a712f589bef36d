import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { createCancellation, followSignal } from '../src/call/cancellation.ts'
import { createSlots, type SlotOptions } from '../src/limits/slots.ts'

const patient = { queueWaitMs: 3_600_000 }
const never = () => createCancellation()

type Granted = () => void
const isGranted = (result: unknown): result is Granted => typeof result === 'function'

/** Takes a slot that must be free. */
async function take(slots: ReturnType<typeof createSlots>): Promise<Granted> {
  const result = await slots.acquire(never(), 'a')
  if (!isGranted(result)) throw new Error(`no slot: ${result}`)
  return result
}

type Step = { readonly what: 'acquire' | 'release' | 'abort'; readonly pick: number }

/** Plays steps and checks after each what must hold at any time. */
async function play(options: SlotOptions, steps: readonly Step[]): Promise<boolean> {
  const slots = createSlots(options)
  const controllers: AbortController[] = []
  const results = new Map<number, unknown>()
  const granted: number[] = []
  const released = new Set<number>()
  const holders = () => granted.filter((id) => !released.has(id))
  const acquire = () => {
    const id = controllers.push(new AbortController()) - 1
    const wasFull = slots.inFlight === options.maxConcurrent && slots.queued === options.queue
    const call = followSignal((controllers[id] as AbortController).signal)
    Promise.resolve(slots.acquire(call, 'a')).then((result) => {
      results.set(id, result)
      if (isGranted(result)) granted.push(id)
      if ((result === 'busy') !== wasFull) throw new Error('busy exactly when the queue is full')
    })
  }
  const release = (pick: number) => {
    const open = holders()
    const id = open[pick % Math.max(1, open.length)]
    const result = results.get(id ?? -1)
    if (id === undefined || !isGranted(result)) return
    released.add(id)
    result()
    result()
  }
  for (const { what, pick } of steps) {
    if (what === 'acquire') acquire()
    if (what === 'release') release(pick)
    if (what === 'abort') controllers[pick % Math.max(1, controllers.length)]?.abort()
    await nextTurn()
    const isBounded = slots.inFlight <= options.maxConcurrent && slots.queued <= options.queue
    const isIdleWithWaiters = slots.inFlight < options.maxConcurrent && slots.queued > 0
    if (!isBounded || isIdleWithWaiters || slots.inFlight !== holders().length) return false
  }
  for (const controller of controllers) controller.abort()
  while (holders().length > 0) release(0)
  await nextTurn()
  // First come, first served: later numbers never get a slot before earlier ones.
  const isInOrder = granted.every((id, index) => index === 0 || id > (granted[index - 1] ?? -1))
  return isInOrder && slots.inFlight === 0 && slots.queued === 0
}

t.test('at any time: within the limits, in order, nothing lost', async () => {
  const options = fc.record({
    maxConcurrent: fc.integer({ min: 1, max: 4 }),
    queue: fc.integer({ min: 0, max: 5 }),
    queueWaitMs: fc.constant(patient.queueWaitMs)
  })
  const step = fc.record({
    what: fc.constantFrom(
      'acquire' as const,
      'acquire' as const,
      'release' as const,
      'abort' as const
    ),
    pick: fc.nat({ max: 100 })
  })
  await fc.assert(fc.asyncProperty(options, fc.array(step, { maxLength: 40 }), play), {
    numRuns: 200
  })
})

t.test('a full queue is busy at once', async (t) => {
  const slots = createSlots({ maxConcurrent: 1, queue: 1, ...patient })
  const release = await take(slots)
  const second = slots.acquire(never(), 'a')
  t.equal(slots.queued, 1)
  t.equal(await slots.acquire(never(), 'a'), 'busy')
  release()
  const next = await second
  t.ok(isGranted(next))
  t.equal(slots.inFlight, 1)
})

t.test('whoever waits too long is told busy and leaves the queue', async (t) => {
  const slots = createSlots({ maxConcurrent: 1, queue: 5, queueWaitMs: 5 })
  const release = await take(slots)
  t.equal(await slots.acquire(never(), 'a'), 'busy')
  t.equal(slots.queued, 0)
  release()
  t.equal(slots.inFlight, 0)
})

t.test('a waiter that gives up leaves its place to the next', async (t) => {
  const slots = createSlots({ maxConcurrent: 1, queue: 2, ...patient })
  const release = await take(slots)
  const controller = new AbortController()
  const first = slots.acquire(followSignal(controller.signal), 'a')
  const second = slots.acquire(never(), 'a')
  controller.abort()
  t.equal(await first, 'aborted')
  t.equal(slots.queued, 1)
  release()
  t.ok(isGranted(await second))
})

t.test('who has already given up never gets a slot', async (t) => {
  const slots = createSlots({ maxConcurrent: 1, queue: 1, ...patient })
  t.equal(await slots.acquire(followSignal(AbortSignal.abort()), 'a'), 'aborted')
  t.equal(slots.inFlight, 0)
})

t.test('releasing twice frees one slot', async (t) => {
  const slots = createSlots({ maxConcurrent: 2, queue: 0, ...patient })
  const first = await take(slots)
  await take(slots)
  first()
  first()
  t.equal(slots.inFlight, 1)
  await take(slots)
  t.equal(await slots.acquire(never(), 'a'), 'busy')
})

/** Asks for a slot and notes how it ends under a name. */
function createOffice(options: SlotOptions) {
  const slots = createSlots(options)
  const ended: string[] = []
  const releases = new Map<string, Granted>()
  return {
    slots,
    ended,
    ask(caller: string, name = caller) {
      Promise.resolve(slots.acquire(never(), caller)).then((result) => {
        ended.push(isGranted(result) ? `${name} runs` : `${name} ${result}`)
        if (isGranted(result)) releases.set(name, result)
      })
      return nextTurn()
    },
    release(name: string) {
      releases.get(name)?.()
      return nextTurn()
    }
  }
}

t.test('a free slot goes to the caller that holds the fewest', async (t) => {
  const { slots, ended, ask, release } = createOffice({ maxConcurrent: 3, queue: 9, ...patient })
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) await ask('a', name)
  await ask('b', 'b1')
  await ask('c', 'c1')
  await ask('b', 'b2')
  await release('a1')
  t.equal(ended.at(-1), 'b1 runs', 'who holds nothing comes before who holds two')
  await release('a2')
  t.equal(ended.at(-1), 'c1 runs')
  await release('a3')
  t.equal(ended.at(-1), 'a4 runs', 'a holds none by now, b one')
  await release('b1')
  t.equal(ended.at(-1), 'b2 runs')
  await release('c1')
  t.equal(ended.at(-1), 'a5 runs')
  for (const name of ['a4', 'a5', 'b2']) await release(name)
  t.strictSame([slots.inFlight, slots.queued], [0, 0])
})

t.test('nobody keeps others out of the queue', async (t) => {
  const { slots, ended, ask } = createOffice({ maxConcurrent: 1, queue: 4, ...patient })
  for (const name of ['a0', 'a1', 'a2', 'a3', 'a4', 'a5']) await ask('a', name)
  t.strictSame(ended, ['a0 runs', 'a5 busy'], 'alone it may use the whole queue, and no more')
  t.ok(slots.isFull)
  await ask('b', 'b1')
  await ask('b', 'b2')
  await ask('b', 'b3')
  t.strictSame(ended.slice(2), ['a4 busy', 'a3 busy', 'b3 busy'], 'until both have half of it')
  await ask('c', 'c1')
  t.strictSame(ended.slice(5), ['b2 busy'], 'a third gets its place, too')
  t.equal(slots.queued, 4)
  slots.stop()
})

t.test('random callers: a full queue is shared evenly and nothing is lost', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.constantFrom('a', 'a', 'a', 'b', 'c'), { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 0, max: 6 }),
    async (callers, maxConcurrent, queue) => {
      const { slots, ended, ask, release } = createOffice({ maxConcurrent, queue, ...patient })
      for (const [index, caller] of callers.entries()) await ask(caller, `${caller}${index}`)
      // A running call that ends lets another run, until all have.
      for (let index = 0; index < ended.length; index++) {
        await release(ended[index]?.split(' ')[0] ?? '')
      }
      const isOver = slots.inFlight === 0 && slots.queued === 0
      return isOver && new Set(ended.map((text) => text.split(' ')[0])).size === callers.length
    }
  )
  await fc.assert(property, { numRuns: 100 })
})

t.test('stopped: who waits is sent away, who holds finishes', async (t) => {
  const { slots, ended, ask, release } = createOffice({ maxConcurrent: 1, queue: 4, ...patient })
  await ask('a', 'a1')
  await ask('b', 'b1')
  slots.stop()
  await nextTurn()
  t.strictSame(ended, ['a1 runs', 'b1 busy'])
  await release('a1')
  await ask('c', 'c1')
  t.equal(ended.at(-1), 'c1 busy')
  t.equal(slots.inFlight, 0)
})
