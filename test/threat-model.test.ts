import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { quotedIn, readPage, root, tableOf } from './helpers/documents.ts'

const page = readPage('threat-model')
const rows = tableOf(page, 'attack')

t.test('every claim names files of the product and tests, and they are there', async (t) => {
  t.ok(rows.length > 30, `${rows.length} claims`)
  for (const [attack = '', stop = '', where = '', test = ''] of rows) {
    t.ok(stop.length > 10, attack)
    const files = quotedIn(where)
    const tests = quotedIn(test)
    t.ok(files.length > 0 && tests.length > 0, `${attack}: has both`)
    for (const file of files) {
      t.match(file, /^(?:bin|src|tools|transports)\/[\w./-]+\.ts$/, attack)
      t.ok(existsSync(new URL(file, root)), `${attack}: ${file}`)
    }
    for (const file of tests) {
      t.match(file, /^test\/[\w-]+\.test\.ts$/, attack)
      t.ok(existsSync(new URL(file, root)), `${attack}: ${file}`)
    }
  }
})

/** Every file that a file imports, and what those import; a test that starts the executable runs it. */
function reach(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const url = new URL(file, root)
  const text = readFileSync(url, 'utf8')
  const imported = [...text.matchAll(/(?:from |import\()'(\.[^']+\.ts)'/g)].map(
    ([, path = '']) => path
  )
  const started = file === 'test/helpers/executable.ts' ? ['../../bin/mcp-server.ts'] : []
  for (const path of [...imported, ...started]) {
    reach(new URL(path, url).href.slice(root.href.length), seen)
  }
  return seen
}

t.test('a test loads, or starts, every file that it is said to keep', async (t) => {
  for (const [attack = '', , where = '', test = ''] of rows) {
    const reached = new Set(quotedIn(test).flatMap((file) => [...reach(file)]))
    for (const file of quotedIn(where)) t.ok(reached.has(file), `${attack}: ${file}`)
  }
})

t.test('every asset, actor and boundary has its line, and each attack is told once', async (t) => {
  for (const heading of ['asset', 'actor', 'boundary', 'what']) {
    t.ok(tableOf(page, heading).length >= 5, heading)
  }
  const attacks = rows.map(([attack]) => attack)
  t.equal(new Set(attacks).size, attacks.length)
})
