import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { acceptDifferences, compareTools, listFieldChanges } from '../src/lock/lock-diff.ts'
import { type PinnedTool, pinTool } from '../src/lock/pinned-tool.ts'
import {
  changeToolsLock,
  formatToolsLock,
  parseToolsLock,
  readToolsLock,
  type ToolsLock
} from '../src/lock/tools-lock.ts'
import { watchToolsLock } from '../src/lock/watched-lock.ts'
import { definitions, shuffle } from './helpers/definitions.ts'
import { silent } from './helpers/silent.ts'

/* The file and what is decided from it. LOCK_RUNS=20000 node dist/test/tools-lock.test.js */

const numRuns = Number(process.env.LOCK_RUNS ?? 100)
t.setTimeout(3_600_000)

const sources = fc.constantFrom('docs', 'shifts')
const pinned = fc.tuple(sources, definitions).map(([source, shown]) => pinTool(source, shown))
const offers = fc.uniqueArray(pinned, { selector: ({ definition }) => definition.name })
const locks = offers.map(lockOf)
const picks = fc.infiniteStream(fc.nat()).map((stream) => () => stream.next().value as number)

function lockOf(tools: readonly PinnedTool[]): ToolsLock {
  return new Map(tools.map((tool) => [tool.definition.name, tool]))
}

const both = () => true
const get = { name: 'get', title: 'Get', description: 'Gets it.', inputSchema: { type: 'object' } }
const put = { ...get, name: 'put', description: 'Puts it.' }
const lock = lockOf([pinTool('docs', put), pinTool('docs', get)])

t.test('what is written is what is read, and reads well in a diff', async (t) => {
  const property = fc.property(locks, (lock) => {
    const text = formatToolsLock(lock)
    return isDeepStrictEqual(parseToolsLock(text), new Map([...lock].sort()))
  })
  fc.assert(property, { numRuns })
  const lines = formatToolsLock(lock).split('\n')
  t.strictSame(lines.slice(0, 15), [
    '{',
    '  "version": 1,',
    '  "tools": [',
    '    {',
    '      "source": "docs",',
    `      "sha256": "${pinTool('docs', get).sha256}",`,
    '      "definition": {',
    '        "description": "Gets it.",',
    '        "inputSchema": {',
    '          "type": "object"',
    '        },',
    '        "name": "get",',
    '        "title": "Get"',
    '      }',
    '    },'
  ])
})

t.test('approving what differs leaves no difference', async () => {
  const property = fc.property(locks, offers, picks, (lock, offered, next) => {
    const differences = compareTools(lock, offered, both)
    const accepted = parseToolsLock(formatToolsLock(acceptDifferences(lock, differences)))
    // However the sources order their tools and their keys.
    const again = offered.map(({ source, definition }) =>
      pinTool(source, shuffle(definition, next) as typeof definition)
    )
    return (
      compareTools(accepted, again.reverse(), both).length === 0 &&
      isDeepStrictEqual(accepted, new Map([...lockOf(offered)].sort()))
    )
  })
  fc.assert(property, { numRuns })
})

t.test('approving some leaves exactly the others', async () => {
  const property = fc.property(locks, offers, picks, (lock, offered, next) => {
    const differences = compareTools(lock, offered, both)
    const some = differences.filter(() => next() % 2 === 0)
    const left = differences.filter((difference) => !some.includes(difference))
    return isDeepStrictEqual(compareTools(acceptDifferences(lock, some), offered, both), left)
  })
  fc.assert(property, { numRuns })
})

t.test('a difference has fields that differ, and only it', async () => {
  const property = fc.property(locks, offers, (lock, offered) => {
    const differences = compareTools(lock, offered, both)
    const isShown = differences.every((difference) => {
      const changes = listFieldChanges(difference)
      return changes.length > 0 && changes.every(({ before, after }) => before !== after)
    })
    const different = new Set(differences.map(({ name }) => name))
    const others = offered.filter(({ definition }) => !different.has(definition.name))
    return (
      isShown &&
      others.every(({ definition, sha256 }) => lock.get(definition.name)?.sha256 === sha256)
    )
  })
  fc.assert(property, { numRuns })
})

t.test('changes are named by their place; lists of another length are shown whole', async (t) => {
  const schema = (...required: string[]) => ({
    properties: { id: { type: 'string' }, 'a.b': { type: 'string' } },
    oneOf: [{ type: 'object' }],
    required
  })
  const before = pinTool('docs', { ...get, inputSchema: schema('id') })
  const after = pinTool('other', {
    ...get,
    title: 'Got\u202e',
    inputSchema: {
      ...schema('id', 'b'),
      properties: { id: { type: 'integer' }, 'a.b': {} },
      oneOf: [{ type: 'array' }]
    }
  })
  t.strictSame(listFieldChanges({ name: 'get', drift: 'changed', before, after }), [
    { field: 'source', before: '"docs"', after: '"other"' },
    { field: 'inputSchema.oneOf.0.type', before: '"object"', after: '"array"' },
    { field: 'inputSchema.properties."a.b".type', before: '"string"', after: undefined },
    { field: 'inputSchema.properties.id.type', before: '"string"', after: '"integer"' },
    { field: 'inputSchema.required', before: '["id"]', after: '["id","b"]' },
    { field: 'title', before: '"Get"', after: '"Got\u202e"' }
  ])
})

t.test('the same definition from elsewhere is a change', async (t) => {
  const [difference] = compareTools(lock, [pinTool('shifts', get)], both)
  t.match(difference, { name: 'get', drift: 'changed' })
})

t.test('what cannot be asked has removed nothing', async (t) => {
  t.strictSame(
    compareTools(lock, [], () => false),
    []
  )
  t.strictSame(
    compareTools(lock, [pinTool('docs', get)], both).map(({ name, drift }) => [name, drift]),
    [['put', 'removed']]
  )
})

const sound = formatToolsLock(lock)
const damage: Readonly<Record<string, string>> = {
  'half a file': sound.slice(0, sound.length / 2),
  'nothing at all': '',
  'marks of a merge': `<<<<<<< HEAD\n${sound}`,
  'another version': sound.replace('"version": 1', '"version": 2'),
  'a field that nobody knows': sound.replace('"version": 1', '"version": 1, "more": 1'),
  'another file': '{"dependencies":{}}',
  'a digest of something else': sound.replace(/"sha256": "\w{8}/, '"sha256": "00000000'),
  'a definition without a name': sound.replace('"name": "get",', ''),
  'a definition that was edited': sound.replace('Gets it.', 'Gets  it.'),
  'a tool that is there twice': formatToolsLock(lock).replaceAll('"put"', '"get"'),
  'no source': sound.replace('"source": "docs"', '"source": ""')
}

for (const [what, text] of Object.entries(damage)) {
  t.test(`a lock with ${what} is refused in one line`, async (t) => {
    t.throws(() => parseToolsLock(text), /^is no sound tools\.lock: [^\n]+; restore it/)
    t.notMatch(
      messageOf(() => parseToolsLock(text)),
      'Gets'
    )
  })
}

t.test('any single character that is lost is noticed, or changes nothing', async () => {
  const property = fc.property(fc.nat({ max: sound.length - 1 }), (place) => {
    const text = sound.slice(0, place) + sound.slice(place + 1)
    try {
      const read = parseToolsLock(text)
      // White space, or the name of the source: then nothing of it is let in.
      return [...read].every(([name, { sha256 }]) => lock.get(name)?.sha256 === sha256)
    } catch {
      return true
    }
  })
  fc.assert(property, { numRuns: numRuns })
})

function messageOf(work: () => unknown): string {
  try {
    work()
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

t.test('a lock is replaced as a whole, readable by all, without leftovers', async (t) => {
  const folder = t.testdir({})
  const file = join(folder, 'tools.lock')
  await changeToolsLock(file, (before) => {
    t.equal(before, undefined)
    return lock
  })
  t.strictSame(readToolsLock(file), new Map([...lock].sort()))
  t.equal(statSync(file).mode & 0o777, 0o644 & ~process.umask())
  t.strictSame(readdirSync(folder), ['tools.lock'])
  const { ino, mtimeMs } = statSync(file)
  await changeToolsLock(file, (before) => before ?? lock)
  t.match(statSync(file), { ino, mtimeMs }, 'nothing to change, nothing is written')
  const failure = changeToolsLock(file, () => {
    throw new Error('no')
  })
  await t.rejects(failure, /no/)
  t.equal(readFileSync(file, 'utf8'), sound)
  writeFileSync(file, 'damaged')
  await t.rejects(
    changeToolsLock(file, () => lock),
    /no sound tools\.lock/
  )
  t.equal(readFileSync(file, 'utf8'), 'damaged', 'a damaged lock is not overwritten')
  t.strictSame(readdirSync(folder), ['tools.lock'])
})

t.test('a lock that leads nowhere is not taken for none', async (t) => {
  const folder = t.testdir({})
  const watch = (name: string) =>
    watchToolsLock({ file: join(folder, name), isRequired: false }, silent)
  const none = watch('none.lock')
  t.equal(none.current(), undefined)
  none.close()
  symlinkSync('nowhere', join(folder, 'link.lock'))
  t.throws(() => watch('link.lock'), { name: 'ConfigError', message: /is missing/ })
  mkdirSync(join(folder, 'folder.lock'))
  t.throws(() => watch('folder.lock'), { name: 'ConfigError', message: /lock\.file.*EISDIR/ })
})

t.test('changes at once lose nothing of one another', async (t) => {
  const file = join(t.testdir({}), 'tools.lock')
  const tools = Array.from({ length: 20 }, (_, index) =>
    pinTool('docs', { ...get, name: `get_${index}` })
  )
  await Promise.all(
    tools.map((tool) =>
      changeToolsLock(file, (before) =>
        acceptDifferences(before ?? new Map(), [
          { name: tool.definition.name, drift: 'added', after: tool }
        ])
      )
    )
  )
  t.equal(readToolsLock(file).size, 20)
})
