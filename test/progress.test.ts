import fc from 'fast-check'
import t from 'tap'
import { createProgress } from '../src/call/progress.ts'

type Update = readonly [progress: number, total?: number, message?: string]

/** A progress function on a clock that stands until it is moved. */
function createTrack() {
  const sent: Update[] = []
  let nowMs = 0
  const progress = createProgress(
    (...update) => sent.push(update),
    () => nowMs
  )
  return {
    sent,
    progress,
    advance(ms: number) {
      nowMs += ms
    },
    values: () => sent.map(([value]) => value)
  }
}

t.test('passes updates on as they are', async (t) => {
  const track = createTrack()
  track.progress(0)
  track.progress(0.5, 2, 'half a step')
  t.strictSame(track.sent, [
    [0, undefined, undefined],
    [0.5, 2, 'half a step']
  ])
})

t.test('only what grows is sent', async (t) => {
  const track = createTrack()
  for (const value of [1, 1, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2, 1.5, 3])
    track.progress(value)
  t.strictSame(track.values(), [1, 2, 3])
})

t.test('ten at once, then ten a second; the last one always arrives', async (t) => {
  const track = createTrack()
  for (let value = 1; value <= 100; value++) track.progress(value, 100)
  t.strictSame(track.values(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100])
  const slow = createTrack()
  for (let value = 1; value <= 50; value++) {
    slow.progress(value)
    slow.advance(100)
  }
  t.equal(slow.sent.length, 50)
})

t.test('a dropped update does not hide later ones', async (t) => {
  const track = createTrack()
  for (let value = 1; value <= 15; value++) track.progress(value)
  track.advance(1000)
  track.progress(12)
  t.equal(track.values().at(-1), 12, 'above the last that was sent')
})

t.test('whatever a tool reports: strictly growing and bounded', async () => {
  const steps = fc.array(
    fc.record({
      growth: fc.integer({ min: -2, max: 5 }),
      total: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }),
      waitMs: fc.integer({ min: 0, max: 20 })
    }),
    { maxLength: 200, size: 'max' }
  )
  const property = fc.property(steps, (all) => {
    const track = createTrack()
    let elapsedMs = 0
    let value = 0
    for (const { growth, total, waitMs } of all) {
      value += growth
      track.progress(value, total)
      track.advance(waitMs)
      elapsedMs += waitMs
    }
    const values = track.values()
    const isGrowing = values.every((sent, index) => index === 0 || sent > (values[index - 1] ?? 0))
    // Ten at once, ten a second, and the one that completes.
    return isGrowing && values.length <= 10 + elapsedMs / 100 + 1
  })
  fc.assert(property, { numRuns: 500 })
})
