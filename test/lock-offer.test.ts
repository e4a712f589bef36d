import t from 'tap'
import { z } from 'zod'
import { readOffer, waitForAnswers } from '../bin/lock-offer.ts'
import { loadConfig } from '../src/config.ts'
import { defineTool } from '../src/define-tool.ts'
import { compareTools } from '../src/lock/lock-diff.ts'
import { formatSilent } from '../src/lock/lock-report.ts'
import type { Source } from '../src/source.ts'
import { createLiveSource } from './helpers/live-source.ts'

/* What `lock diff` and `lock approve` compare with the lock. */

function tool(name: string) {
  return defineTool({
    name,
    title: name,
    description: name,
    toolset: 'docs',
    input: z.object({}),
    run: () => ''
  })
}

function configOf(file: object = {}) {
  return loadConfig({ flags: new Map(), env: {}, file }).config
}

const own: Source = { tools: [tool('own')], close: async () => {} }

t.test('what outside defines, under the names that clients see', async (t) => {
  const document: Source = { tools: [tool('own'), tool('get')], definedBy: 'api', close: own.close }
  const { tools, silent } = readOffer([own, document], configOf())
  t.match(
    tools.map(({ source, definition }) => [source, definition.name]),
    [
      ['api', /^own_[0-9a-f]{6}$/],
      ['api', 'get']
    ]
  )
  t.strictSame(silent, [])
})

t.test('a server that has not answered has removed nothing, and is named', async (t) => {
  const live = createLiveSource('docs__', 'docs')
  live.offer({ tools: [tool('docs__a'), tool('docs__b')] })
  const sources = [own, live.source]
  const before = readOffer(sources, configOf())
  const lock = new Map(before.tools.map((pinned) => [pinned.definition.name, pinned]))
  live.offer({})
  const down = readOffer(sources, configOf())
  t.strictSame(down.silent, ['docs'])
  t.strictSame(compareTools(lock, down.tools, down.isAsked), [])
  t.equal(formatSilent(down.silent), 'Not compared, since it has not answered: "docs".\n')
  live.offer({ tools: [tool('docs__a')] })
  const up = readOffer(sources, configOf())
  t.match(compareTools(lock, up.tools, up.isAsked), [{ name: 'docs__b', drift: 'removed' }])
})

t.test('a server that is slow to answer is waited for', async (t) => {
  const live = createLiveSource('docs__', 'docs')
  let isOver = false
  const waiting = waitForAnswers([own, live.source]).then(() => {
    isOver = true
  })
  live.offer({})
  await new Promise((resolve) => setImmediate(resolve))
  t.notOk(isOver, 'nothing is no answer')
  live.offer({ tools: [tool('docs__a')] })
  await waiting
  await waitForAnswers([own, live.source])
})

t.test('what is not chosen is neither compared nor gone', async (t) => {
  const live = createLiveSource('docs__', 'docs')
  live.offer({ tools: [tool('docs__a'), tool('docs__b')] })
  const sources = [own, live.source]
  const all = readOffer(sources, configOf())
  const lock = new Map(all.tools.map((pinned) => [pinned.definition.name, pinned]))
  const some = readOffer(sources, configOf({ excludeTools: ['docs__b'] }))
  t.strictSame(
    some.tools.map(({ definition }) => definition.name),
    ['docs__a']
  )
  t.strictSame(compareTools(lock, some.tools, some.isAsked), [])
})

t.test('a lock of another source stays as it is', async (t) => {
  const live = createLiveSource('docs__', 'docs')
  live.offer({ tools: [tool('docs__a')] })
  const { tools, isAsked } = readOffer([live.source], configOf())
  const [pinned] = tools
  if (!pinned) throw new Error('nothing is offered')
  const other = { ...pinned, source: 'other', definition: { ...pinned.definition, name: 'x' } }
  t.strictSame(compareTools(new Map([['x', other]]), [], isAsked), [])
})

t.test('without anything from outside there is nothing to pin', async (t) => {
  t.throws(() => readOffer([own], configOf()), /no API and no MCP server is mounted/)
})
