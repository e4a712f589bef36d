import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { listSettings } from '../src/config.ts'
import { sourcesOf } from '../src/settings/setting.ts'
import { quotedIn, readRows, root } from './helpers/moving-page.ts'

const rows = readRows().flatMap(([id = '', promise = '', place = '', test = '', issue = '']) =>
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
    ...range('SW', 50, 55),
    ...range('HG', 1, 30),
    ...range('BM', 1, 10),
    ...range('BM', 20, 31),
    ...range('BM', 40, 49),
    ...range('CL', 1, 19)
  ]
  t.same(
    rows.map(({ id }) => id),
    expected
  )
})

t.test('every row names a test and the piece of work that keeps it', async (t) => {
  for (const { id, promise, test, issue } of rows) {
    t.ok(promise.length > 5, id)
    t.match(issue, /^[2-7]$/, id)
    t.match(test, /`test\/[\w-]+\.test\.ts`/, id)
    t.notMatch(test, /\bopen:/, id)
  }
})

/** Names of files in a cell. */
function filesIn(cell: string): readonly string[] {
  return quotedIn(cell).filter((text) => text.includes('/') || ownFiles.has(text))
}

const ownFiles = new Set(['Dockerfile', 'SECURITY.md', 'package.json'])

t.test('every file that is named exists', async (t) => {
  for (const { id, place, test } of rows) {
    if (place !== '–') t.ok(filesIn(place).length > 0, id)
    for (const file of [...filesIn(place), ...filesIn(test)]) t.ok(isThere(file), `${id}: ${file}`)
  }
})

t.test('CL-17: who finds a weakness reads where to tell it, and what', async (t) => {
  const text = await readFile(new URL('SECURITY.md', root), 'utf8')
  t.match(text, /privately[\s\S]*reproduce[\s\S]*attacker gains[\s\S]*what you would do/)
})

t.test('a variable that the page names is a setting; one that it denies is none', async (t) => {
  const page = await readFile(new URL('docs/moving.md', root), 'utf8')
  const settings = listSettings().flatMap(({ schema }) => sourcesOf(schema).from)
  const theirs = ['MCP_OAUTH_ENABLED', 'NODE_EXTRA_CA_CERTS']
  const named = [...page.matchAll(/(there is no )?`([A-Z]+(?:_[A-Z]+)+)`/g)]
  t.ok(named.length > 50)
  for (const [, denial, name = ''] of named) {
    if (theirs.includes(name) || name.startsWith('AUTH_') || name === 'TOOL_EXECUTE') continue
    t.equal(settings.includes(name), denial === undefined, name)
  }
})
