import { appendFileSync } from 'node:fs'
import { z } from 'zod'
import { defineTool } from '../../src/define-tool.ts'

const file = process.env.CANARY_FILE ?? '/dev/null'

/** For `--module`: notes each execution in the file that CANARY_FILE names. */
export const tools = [
  defineTool({
    name: 'canary',
    title: 'Canary',
    description: 'Notes that it was called',
    input: z.object({ nonce: z.string() }),
    run: ({ nonce }) => {
      appendFileSync(file, `${JSON.stringify(nonce)}\n`)
      return 'noted'
    }
  })
]
