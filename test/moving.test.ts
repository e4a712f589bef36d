import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import t from 'tap'

const root = new URL('../../', import.meta.url)
const page = await readFile(new URL('docs/moving.md', root), 'utf8')
const rows = page
  .split('\n')
  .map((line) =>
    line
      .replaceAll('\\|', '/')
      .split('|')
      .map((cell) => cell.trim())
  )
  .flatMap(([, id = '', promise = '', place = '', test = '', issue = '']) =>
    /^[A-Z]{2}-\d\d$/.test(id) ? [{ id, promise, place, test, issue }] : []
  )
const isThere = (file: string) => existsSync(new URL(file, root))

/** From and to, both included. */
function range(prefix: string, from: number, to: number): string[] {
  return Array.from(
    { length: to - from + 1 },
    (_, index) => `${prefix}-${String(from + index).padStart(2, '0')}`
  )
}

t.test('every id has one row', async (t) => {
  const expected = [
    ...range('SW', 1, 11),
    ...range('SW', 20, 37),
    ...range('SW', 40, 44),
    ...range('HG', 14, 17)
  ]
  t.same(
    rows.map(({ id }) => id),
    expected
  )
})

t.test('every row names a test or says what is open, and who owns it', async (t) => {
  for (const { id, promise, test, issue } of rows) {
    t.ok(promise.length > 5, id)
    t.match(issue, /^[2-7]$/, id)
    t.match(test, /`test\/[\w-]+\.test\.ts`|^open: ./, id)
    const isLater = Number(issue) > 3
    if (isLater) t.match(test, /open: ./, `${id}: a later issue has something left to do`)
  }
})

function testsOf(isSpine: boolean): string[] {
  const own = rows.filter(({ issue }) => (issue === '2') === isSpine)
  return own.flatMap(({ test }) =>
    [...test.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file)
  )
}

t.test('every file that is named exists', async (t) => {
  const places = rows.flatMap(({ place }) => [...place.matchAll(/`([\w-]+\/[^`]+)`/g)])
  for (const [, file = ''] of places) t.ok(isThere(file), file)
  for (const file of testsOf(false)) t.ok(isThere(file), file)
})

// Until the branch with the tests of issue 2 is merged, there is nothing to look for.
const skip = isThere('test/parity.test.ts') ? false : 'the tests of issue 2 are not in this tree'

t.test('so does every test of the spine', { skip }, async (t) => {
  for (const file of testsOf(true)) t.ok(isThere(file), file)
})
