import t from 'tap'
import { financeNames } from './fixtures/finance-names.ts'
import { source } from './helpers/finance-call.ts'
import { quotedIn, readRows } from './helpers/moving-page.ts'

/* Whoever knew a tool by its old name finds it, or reads in docs/moving.md what took its place. */

const tools = new Set(source.tools.map(({ name }) => name))
const uris = new Set(source.resources?.map(({ uri }) => uri))

/** The rows of a table with the tools that its first cell names; without the row of headings. */
function namedRows(heading: string) {
  return readRows(heading)
    .slice(1)
    .map(([names = '', ...cells]) => ({ names: quotedIn(names), cells }))
}

const replaced = namedRows('### Replaced')
const changed = namedRows('### The same name, another meaning')

t.test('205 names, none twice', async (t) => {
  t.equal(financeNames.length, 205)
  t.equal(new Set(financeNames).size, 205)
})

t.test('every old name is a tool or has a successor', async (t) => {
  const moved = replaced.flatMap(({ names }) => names)
  t.same(
    financeNames.filter((name) => !tools.has(name) && !moved.includes(name)),
    []
  )
  t.same(
    moved.filter((name) => tools.has(name) || !financeNames.includes(name)),
    [],
    'what is replaced was there and is gone'
  )
  t.equal(new Set(moved).size, moved.length, 'by one row each')
})

t.test('every successor is a tool or a text', async (t) => {
  for (const { names, cells } of replaced) {
    const successors = quotedIn(cells[0] ?? '')
    t.ok(successors.length > 0, names.join())
    for (const successor of successors) {
      t.ok(tools.has(successor) || uris.has(successor), `${names[0]}: ${successor}`)
    }
  }
})

t.test('what has changed is said of tools that there are', async (t) => {
  for (const { names, cells } of changed) {
    t.ok(names.length > 0, cells.join())
    for (const name of names) {
      t.ok(tools.has(name) || source.prompts?.some((prompt) => prompt.name === name), name)
    }
  }
})

t.test('a tool that nobody knew is named where it is a successor', async (t) => {
  const successors = new Set(replaced.flatMap(({ cells }) => quotedIn(cells[0] ?? '')))
  t.same(
    [...tools].filter((name) => !financeNames.includes(name) && !successors.has(name)),
    []
  )
})
