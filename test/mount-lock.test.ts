import t from 'tap'
import { toWireTool } from '../src/catalogue/view.ts'
import { pinTool } from '../src/lock/pinned-tool.ts'
import { createQuarantine } from '../src/lock/quarantine.ts'
import { createRegistry } from '../src/registry.ts'
import { createFakeUpstream } from './helpers/fake-upstream.ts'
import { createKeptLog, mount } from './helpers/mounted.ts'
import { until } from './helpers/until.ts'

/* A mounted server that changes what was approved. */

const schema = { type: 'object', properties: { q: { type: 'string' } } }
const search = { name: 'search', description: 'Searches', inputSchema: schema }
const get = { name: 'get', description: 'Gets', inputSchema: schema }

t.test(
  'what changes at run time is withheld within one list, order alone is no change',
  async (t) => {
    const fake = createFakeUpstream()
    fake.lists.tools = [search, get]
    const { source } = await mount(fake)
    t.teardown(() => source.close())
    const pins = source.tools.map((tool) => pinTool(String(source.definedBy), toWireTool(tool)))
    const approved = new Map(pins.map((pin) => [pin.definition.name as string, pin]))
    const recorded: unknown[] = []
    const quarantine = createQuarantine({
      lock: { current: () => approved, subscribe: () => {}, close: () => {} },
      audit: { record: (entry) => void recorded.push(entry) },
      log: createKeptLog().log
    })
    const registry = createRegistry([source], { quarantine })
    const rows: readonly (readonly [string, readonly object[], readonly string[]])[] = [
      ['as approved', [search, get], ['docs__get', 'docs__search']],
      ['another order', [get, search], ['docs__get', 'docs__search']],
      [
        'keys in another order',
        [{ ...search, inputSchema: { ...schema } }, get],
        ['docs__get', 'docs__search']
      ],
      ['another description', [{ ...search, description: 'Sends' }, get], ['docs__get']],
      ['another schema', [search, { ...get, inputSchema: { type: 'object' } }], ['docs__search']],
      ['another hint', [{ ...search, annotations: { readOnlyHint: true } }, get], ['docs__get']],
      ['another name', [{ ...search, name: 'seek' }, get], ['docs__get']],
      ['as approved again', [search, get], ['docs__get', 'docs__search']]
    ]
    for (const [what, tools, expected] of rows) {
      const listings = fake.listings()
      fake.lists.tools = tools
      fake.tell({ kind: 'tools' })
      await until(() => fake.listings() > listings, `the listing of ${what}`)
      await until(
        () => JSON.stringify([...registry.tools.keys()]) === JSON.stringify(expected),
        `${what}: ${expected}`
      )
      const restarted = createRegistry([source], { quarantine })
      t.strictSame([...restarted.tools.keys()], expected, what)
    }
    t.match(recorded, [
      { event: 'TOOL_DRIFT', reason: 'changed', tool: 'docs__search', source: 'docs' }
    ])
  }
)
