import t from 'tap'
import { z } from 'zod'
import { type Selection, selectTools } from '../src/catalogue/select-tools.ts'
import { ConfigError } from '../src/config-error.ts'
import { defineTool } from '../src/define-tool.ts'
import type { Source } from '../src/source.ts'
import type { ToolDefinition } from '../src/types.ts'

function tool(name: string, toolset: string): ToolDefinition {
  return defineTool({
    name,
    title: name,
    description: name,
    toolset,
    input: z.object({}),
    run: () => 'done'
  })
}

const finance: Source = {
  tools: [
    tool('calculate_npv', 'finance.cashflow'),
    tool('calculate_fv', 'finance.tvm'),
    tool('price_option', 'finance.options')
  ],
  toolsets: new Map([['finance.core', ['calculate_npv', 'calculate_fv']]]),
  prompts: [],
  close: async () => {}
}
const shifts: Source = {
  tools: [tool('list_people', 'shifts'), tool('get_person', 'shifts')],
  close: async () => {}
}
const own: Source = {
  tools: [tool('greet', 'custom'), tool('audit', 'finance.team')],
  close: async () => {}
}
const sources = [finance, shifts, own]

function select(selection: Partial<Selection>): readonly string[] {
  return selectTools(sources, { excludeTools: [], ...selection })
    .flatMap(({ tools }) => tools)
    .map(({ name }) => name)
}

const core = ['calculate_npv', 'calculate_fv']
const mounted = ['list_people', 'get_person', 'greet', 'audit']

t.test('toolsets, tools and exclusions narrow what is served', async (t) => {
  const rows: readonly [Partial<Selection>, readonly string[]][] = [
    [{}, [...core, ...mounted]],
    [{ toolsets: ['all'] }, [...core, 'price_option', ...mounted]],
    [{ toolsets: ['finance'] }, [...core, 'price_option', 'audit']],
    [{ toolsets: ['finance.team'] }, ['audit']],
    [{ toolsets: ['finance.core'] }, core],
    [{ toolsets: ['finance.tvm'] }, ['calculate_fv']],
    [{ toolsets: ['shifts', 'finance.options'] }, ['price_option', 'list_people', 'get_person']],
    [{ tools: ['get_person'] }, ['get_person']],
    [{ tools: ['calculate_*', 'greet'] }, [...core, 'greet']],
    [{ tools: ['*'] }, [...core, 'price_option', ...mounted]],
    [{ toolsets: ['shifts'], tools: ['greet', 'audit'] }, mounted],
    [{ excludeTools: ['*_person'] }, [...core, 'list_people', 'greet', 'audit']],
    [{ tools: ['get_person'], excludeTools: ['get_person'] }, []],
    [{ toolsets: ['shifts'], excludeTools: ['list_*'] }, ['get_person']],
    [
      { toolsets: ['all'], tools: ['price_option'], excludeTools: ['calculate_*'] },
      ['price_option', ...mounted]
    ]
  ]
  for (const [selection, names] of rows) {
    t.strictSame(select(selection), names, JSON.stringify(selection))
  }
})

t.test('a name that nothing has stops the start and names the nearest', async (t) => {
  const rows: readonly [Partial<Selection>, RegExp][] = [
    [{ toolsets: ['finanse'] }, /toolsets.*finanse.*did you mean finance\?/],
    [{ toolsets: ['finance.tmv'] }, /finance\.tmv.*did you mean finance\.tvm\?/],
    [{ toolsets: ['shift'] }, /did you mean shifts\?/],
    [{ toolsets: ['finance', 'zzzzzzzz'] }, /nothing is called zzzzzzzz(?!.*did you mean)/],
    [{ toolsets: ['fin'] }, /nothing is called fin/],
    [{ tools: ['get_persn'] }, /tools.*get_persn.*did you mean get_person\?/],
    [{ tools: ['get_person', 'delete_*'] }, /nothing is called delete_\*/],
    [{ excludeTools: ['list_peopel'] }, /did you mean list_people\?/],
    [{ excludeTools: ['GREET'] }, /nothing is called GREET/]
  ]
  for (const [selection, message] of rows) {
    try {
      select(selection)
      t.fail(`accepted ${JSON.stringify(selection)}`)
    } catch (error) {
      t.ok(error instanceof ConfigError)
      t.match((error as Error).message, message, JSON.stringify(selection))
    }
  }
})

t.test('the rest of a source stays', async (t) => {
  const selected = selectTools(sources, { tools: ['greet'], excludeTools: [] })
  t.equal(selected.length, 3)
  t.equal(selected[0]?.prompts, finance.prompts)
  t.equal(selected[1]?.prompts, undefined)
  t.equal(finance.tools.length, 3, 'what was given is not changed')
})
