import type { Source } from '../../src/types.ts'
import { families } from './families.ts'
import { financePrompts } from './texts/prompts.ts'
import { financeResources } from './texts/references.ts'

/**
 * The finance tools, their reference texts and prompts: every family, or only those that hold tools
 * of `finance.core`. Nothing to connect, nothing to close.
 */
export async function createFinanceSource(wanted: 'all' | 'core'): Promise<Source> {
  const loaded = families.filter(({ core }) => wanted === 'all' || core.length > 0)
  const tools = await Promise.all(loaded.map((family) => family.load()))
  return {
    tools: tools.flat(),
    resources: financeResources,
    prompts: financePrompts,
    toolsets: new Map([['finance.core', families.flatMap(({ core }) => core)]]),
    close: async () => {}
  }
}
