import fc from 'fast-check'
import t from 'tap'
import { createLimiter } from '../src/limit.ts'
import type { Rate } from '../src/types.ts'

/** A clock that stands until it is moved. */
function createClock() {
  let nowMs = 1_000_000
  return {
    now: () => nowMs,
    advance(ms: number) {
      nowMs += ms
    }
  }
}

const rates = fc.record({
  perMinute: fc.oneof(
    fc.integer({ min: 1, max: 6000 }),
    fc.double({ min: 0.1, max: 60, noNaN: true })
  ),
  burst: fc.integer({ min: 1, max: 50 })
})
const steps = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', '__proto__'),
    waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })),
    calls: fc.integer({ min: 1, max: 60 })
  }),
  { maxLength: 30 }
)

t.test('never more than the burst and what has refilled since', async () => {
  const property = fc.property(rates, steps, (rate, all) => {
    const clock = createClock()
    const limiter = createLimiter(clock.now)
    const startMs = clock.now()
    const allowed = new Map<string, number>()
    return all.every(({ key, waitMs, calls }) => {
      clock.advance(waitMs)
      for (let index = 0; index < calls; index++) {
        if (limiter.take(key, rate) === 0) allowed.set(key, (allowed.get(key) ?? 0) + 1)
      }
      const refilled = (rate.perMinute / 60_000) * (clock.now() - startMs)
      return (allowed.get(key) ?? 0) <= rate.burst + refilled + 1e-6
    })
  })
  fc.assert(property, { numRuns: 300 })
})

t.test('never less either: whoever keeps to the rate is never refused', async () => {
  const property = fc.property(rates, fc.integer({ min: 1, max: 200 }), (rate, calls) => {
    const clock = createClock()
    const limiter = createLimiter(clock.now)
    return Array.from({ length: calls }).every(() => {
      // A thousandth more than exact: floating point may owe a fraction of a token.
      clock.advance((60_000 / rate.perMinute) * 1.001)
      return limiter.take('steady', rate) === 0
    })
  })
  fc.assert(property)
})

t.test('after the stated wait there is one token, before it none', async () => {
  const property = fc.property(rates, fc.nat(), (rate, pick) => {
    const clock = createClock()
    const limiter = createLimiter(clock.now)
    while (limiter.take('key', rate) === 0);
    const waitMs = limiter.take('key', rate)
    if (!(waitMs > 0 && Number.isInteger(waitMs))) return false
    const earlyMs = pick % waitMs
    clock.advance(earlyMs)
    if (limiter.take('key', rate) === 0) return false
    clock.advance(waitMs - earlyMs)
    return limiter.take('key', rate) === 0 && limiter.take('key', rate) > 0
  })
  // A sum of two parts of a token can miss the whole by the last bit.
  const examples: [Rate, number][] = [
    [{ perMinute: 10, burst: 1 }, 400_223_218],
    [{ perMinute: 5, burst: 1 }, 1_491_995_559]
  ]
  fc.assert(property, { numRuns: 1000, examples })
})

t.test('a refused call costs nothing and the wait only shrinks', async (t) => {
  const clock = createClock()
  const limiter = createLimiter(clock.now)
  const rate: Rate = { perMinute: 60, burst: 2 }
  t.equal(limiter.take('key', rate), 0)
  t.equal(limiter.take('key', rate), 0)
  const waits = Array.from({ length: 10 }, () => {
    clock.advance(90)
    return limiter.take('key', rate)
  })
  // Floating point may round a wait up to the next millisecond.
  for (const [index, waitMs] of waits.entries()) {
    const exact = 1000 - 90 * (index + 1)
    t.ok(waitMs === exact || waitMs === exact + 1, `${waitMs} is ${exact}`)
  }
  clock.advance(waits.at(-1) ?? 0)
  t.equal(limiter.take('key', rate), 0)
})

t.test('a rested bucket holds the burst and no more; keys do not share', async (t) => {
  const clock = createClock()
  const limiter = createLimiter(clock.now)
  const rate: Rate = { perMinute: 600, burst: 5 }
  const takeAll = (key: string) => {
    let taken = 0
    while (limiter.take(key, rate) === 0) taken++
    return taken
  }
  t.equal(takeAll('a'), 5)
  t.equal(takeAll('b'), 5)
  clock.advance(86_400_000)
  t.equal(takeAll('a'), 5)
})
