import type { Source } from '../../src/types.ts'
import { debtTools } from './debt.ts'
import { financePrompts } from './prompts.ts'
import { financeResources } from './references.ts'
import { tvmTools } from './tvm.ts'

/** The finance tools, their reference texts and prompts. Nothing to connect, nothing to close. */
export function createFinanceSource(): Source {
  const tools = [...tvmTools, ...debtTools]
  return {
    tools,
    resources: financeResources,
    prompts: financePrompts,
    toolsets: new Map([['finance.core', tools.map(({ name }) => name)]]),
    close: async () => {}
  }
}
