import fc from 'fast-check'
import t from 'tap'
import { createPool, type PoolEntry } from '../tools/upstream/pool.ts'

/* How many connections to one server there may be, and who waits. */

const forever = new AbortController().signal

function open(maxEntries: number, maxPending = 100) {
  const dropped: PoolEntry[] = []
  let nowMs = 0
  const pool = createPool({
    server: 'it',
    maxEntries,
    maxPending,
    isSingle: false,
    drop: (entry) => dropped.push(entry),
    now: () => ++nowMs
  })
  return { pool, dropped, take: (caller: string) => pool.takeOwn({ signal: forever, caller }) }
}

t.test('no more than so many, however many callers there are', async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 2, max: 10 }),
    fc.array(fc.nat(20), { maxLength: 60 }),
    async (max, callers) => {
      const { pool, take } = open(max)
      let most = 0
      const work = async (caller: number): Promise<void> => {
        const entry = await take(`caller ${caller}`)
        most = Math.max(most, pool.entries().length)
        await Promise.resolve()
        pool.release(entry)
      }
      await Promise.all(callers.map(work))
      return most <= max
    }
  )
  await fc.assert(property, { numRuns: 200 })
})

t.test('the longest unused gives way; one in use never does', async (t) => {
  const { pool, dropped, take } = open(3)
  const [first, second] = [await take('a'), await take('b')]
  pool.release(second)
  pool.release(first)
  const third = await take('c')
  t.strictSame(dropped, [second])
  await take('a')
  const waiting = take('d')
  t.equal(dropped.length, 1, 'both are in use')
  pool.release(third)
  t.match(JSON.parse((await waiting).key), ['d'])
  t.equal(dropped[1], third)
})

t.test('a caller gets its own connection back, never another caller’s', async (t) => {
  const { pool, take } = open(5)
  const mine = await take('me')
  pool.release(mine)
  t.not(await take('you'), mine)
  t.equal(await take('me'), mine)
})

t.test('who waits may give up, and too many are not let wait', async (t) => {
  const { pool, take } = open(2, 1)
  const held = await take('a')
  const controller = new AbortController()
  const waiting = pool.takeOwn({ signal: controller.signal, caller: 'b' })
  await t.rejects(take('c'), { name: 'UpstreamError' })
  const reason = new Error('gave up')
  controller.abort(reason)
  await t.rejects(waiting, reason)
  pool.release(held)
})
