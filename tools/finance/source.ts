import type { Source } from '../../src/source.ts'
import type { ToolDefinition } from '../../src/types.ts'
import { type DescribedTool, everydayTools } from './everyday-tools.ts'
import { type Family, families } from './families.ts'
import { financePrompts } from './texts/prompts.ts'
import { financeResources } from './texts/references.ts'

/**
 * The finance tools, their reference texts and prompts: every family, or only `finance.core`, whose
 * modules are imported when a tool of theirs is called. Nothing to connect, nothing to close.
 */
export async function createFinanceSource(wanted: 'all' | 'core'): Promise<Source> {
  return {
    tools: wanted === 'all' ? await loadAll() : families.flatMap(describeCore),
    resources: financeResources,
    prompts: financePrompts,
    toolsets: new Map([['finance.core', families.flatMap(({ core }) => core)]]),
    close: async () => {}
  }
}

async function loadAll(): Promise<readonly ToolDefinition[]> {
  return (await Promise.all(families.map((family) => family.load()))).flat()
}

/** The everyday tools of a family: described already, loaded with the first call. */
function describeCore(family: Family): readonly ToolDefinition[] {
  let loading: Promise<readonly ToolDefinition[]> | undefined
  const load = (): Promise<readonly ToolDefinition[]> => {
    loading ??= family.load()
    return loading
  }
  return everydayTools
    .filter(({ name }) => family.core.includes(name))
    .map((described) => openWhenCalled(described, load))
}

function openWhenCalled(
  described: DescribedTool,
  load: () => Promise<readonly ToolDefinition[]>
): ToolDefinition {
  let tool: ToolDefinition | undefined
  const open = async (): Promise<ToolDefinition> => {
    tool = (await load()).find(({ name }) => name === described.name)
    if (!tool) throw new Error(`${described.name} is described, but not there`)
    return tool
  }
  return Object.freeze({
    ...described,
    parse: (args) => (tool ? tool.parse(args) : open().then(({ parse }) => parse(args))),
    run: async (value, ctx) => (tool ?? (await open())).run(value, ctx)
  } satisfies ToolDefinition)
}
