import fc from 'fast-check'
import t from 'tap'
import { takePage } from '../src/catalogue/page.ts'
import { Refusal } from '../src/errors.ts'

const keyOf = (item: string) => item
const names = fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 10 }), { maxLength: 40 })
const sorted = (items: readonly string[]) => [...items].sort((a, b) => (a < b ? -1 : 1))

/** Every page; `between` may change the list before each. */
function readAll(
  first: readonly string[],
  size: number,
  between: (items: readonly string[]) => readonly string[] = (items) => items
): readonly (readonly string[])[] {
  const pages: (readonly string[])[] = []
  let items = first
  let cursor: string | undefined
  do {
    const page = takePage(items, keyOf, cursor, size)
    pages.push(page.items)
    cursor = page.nextCursor
    items = between(items)
  } while (cursor !== undefined && pages.length < 100)
  return pages
}

t.test('the pages together are the list, all full but the last', async () => {
  const property = fc.property(names, fc.integer({ min: 1, max: 50 }), (given, size) => {
    const items = sorted(given)
    const pages = readAll(items, size)
    const isFull = pages.slice(0, -1).every((page) => page.length === size)
    return isFull && JSON.stringify(pages.flat()) === JSON.stringify(items)
  })
  fc.assert(property, { numRuns: 500 })
})

t.test('items that come and go between pages neither repeat nor hide others', async () => {
  const changes = fc.array(fc.tuple(fc.boolean(), fc.string({ unit: 'grapheme', maxLength: 10 })), {
    maxLength: 40
  })
  const property = fc.property(
    names,
    changes,
    fc.integer({ min: 1, max: 7 }),
    (given, all, size) => {
      const items = sorted(given)
      const pending = [...all]
      const touched = new Set(all.map(([, name]) => name))
      const pages = readAll(items, size, (now) => {
        const [isAdded, name] = pending.shift() ?? [false, '']
        return sorted([...now.filter((item) => item !== name), ...(isAdded ? [name] : [])])
      })
      const seen = pages.flat()
      const steady = items.filter((item) => !touched.has(item))
      return new Set(seen).size === seen.length && steady.every((item) => seen.includes(item))
    }
  )
  fc.assert(property, { numRuns: 500 })
})

t.test('the last page has no cursor, even when it is full', async (t) => {
  t.strictSame(takePage(['a', 'b'], keyOf, undefined, 2), { items: ['a', 'b'] })
  t.strictSame(takePage([], keyOf, undefined, 2), { items: [] })
  const { nextCursor } = takePage(['a', 'b', 'c'], keyOf, undefined, 2)
  t.strictSame(takePage(['a', 'b', 'c'], keyOf, nextCursor, 2), { items: ['c'] })
  t.strictSame(takePage(['a'], keyOf, nextCursor, 2), { items: [] }, 'the rest was removed')
})

t.test('a cursor that is not ours is refused', async (t) => {
  const { nextCursor = '' } = takePage(['a', 'b'], keyOf, undefined, 1)
  const encode = (text: string) => Buffer.from(text).toString('base64url')
  for (const bad of [
    '',
    '0',
    'bogus',
    encode('a'),
    encode('b:a'),
    `${nextCursor}=`,
    ` ${nextCursor}`,
    `${nextCursor}!`,
    '%%%'
  ]) {
    t.throws(
      () => takePage(['a', 'b'], keyOf, bad, 1),
      new Refusal('bad_cursor'),
      JSON.stringify(bad)
    )
  }
  const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
    if (text === nextCursor) return true
    try {
      takePage(['a', 'b'], keyOf, text, 1)
      return Buffer.from(text, 'base64url').toString().startsWith('after:')
    } catch (error) {
      return error instanceof Refusal && error.code === -32602
    }
  })
  fc.assert(property, { numRuns: 500 })
})
