import fc from 'fast-check'
import t from 'tap'
import { compileGlob, compileGlobs } from '../src/glob.ts'

/** The obvious way, slow on some globs. */
function matchesNaively(glob: string, text: string): boolean {
  const pattern = glob
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
    .join('[^]*')
  return new RegExp(`^${pattern}$`, 'u').test(text)
}

const odd = ['.', '?', '[', '\n']
const globs = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '*', ...odd), maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
)
const texts = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', ...odd), maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 })
)

t.test('agrees with a regular expression', async () => {
  const property = fc.property(
    globs,
    texts,
    (glob, text) => compileGlob(glob)(text) === matchesNaively(glob, text)
  )
  fc.assert(property, { numRuns: 5000 })
})

t.test('a text made from its glob matches', async () => {
  const property = fc.property(
    globs,
    fc.array(texts, { minLength: 8, maxLength: 8 }),
    (glob, fills) => {
      let index = 0
      return compileGlob(glob)(glob.replace(/\*/g, () => fills[index++] ?? ''))
    }
  )
  fc.assert(property, { numRuns: 1000 })
})

t.test('only the asterisk is special', async (t) => {
  const rows: readonly [string, string, boolean][] = [
    ['get_*', 'get_person', true],
    ['get_*', 'forget_person', false],
    ['get_*', 'get_', true],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a*a', 'a', false],
    ['aa*aa', 'aaa', false],
    ['*ab*b', 'ab', false],
    ['*ab*ba*', 'aba', false],
    ['get.person', 'getXperson', false],
    ['GET_*', 'get_person', false],
    ['docs://*', 'docs://a/b', true],
    ['*_person*', 'list_persons', true]
  ]
  for (const [glob, text, expected] of rows) {
    t.equal(compileGlob(glob)(text), expected, `${glob} on ${text}`)
  }
})

t.test('of several globs one is enough, of none nothing matches', async (t) => {
  const matches = compileGlobs(['get_*', 'list'])
  t.ok(matches('get_person'))
  t.ok(matches('list'))
  t.notOk(matches('listing'))
  t.notOk(compileGlobs([])('get_person'))
})
