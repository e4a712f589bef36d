import { appendFileSync } from 'node:fs'
import { z } from 'zod'
import { defineTool } from '../../src/define-tool.ts'

const file = process.env.FAULT_NOTES ?? '/dev/null'
const nonce = z.string()

/** One line per execution, in the page cache before anything else happens. */
function note(text: string): void {
  appendFileSync(file, `${text}\n`)
}

function block(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

/** For `--module`: tools that note each execution in the file that FAULT_NOTES names, and misbehave. */
export const tools = [
  defineTool({
    name: 'note',
    title: 'Note',
    description: 'Notes that it was called.',
    input: z.object({ nonce }),
    run(args) {
      note(args.nonce)
      return `noted ${args.nonce}`
    }
  }),
  defineTool({
    name: 'linger',
    title: 'Linger',
    description: 'Takes its time, and stops when told.',
    input: z.object({ nonce, ms: z.number() }),
    run: (args, { signal }) =>
      new Promise((resolve, reject) => {
        note(args.nonce)
        const timer = setTimeout(() => resolve(`noted ${args.nonce}`), args.ms)
        signal.addEventListener('abort', () => {
          clearTimeout(timer)
          reject(new Error('stopped'))
        })
      })
  }),
  defineTool({
    name: 'hang',
    title: 'Hang',
    description: 'Never ends, whatever it is told.',
    input: z.object({ nonce }),
    run(args) {
      note(args.nonce)
      return new Promise(() => {})
    }
  }),
  defineTool({
    name: 'block',
    title: 'Block',
    description: 'Keeps the event loop for itself.',
    input: z.object({ nonce, ms: z.number() }),
    run(args) {
      note(args.nonce)
      block(args.ms)
      return `noted ${args.nonce}`
    }
  }),
  defineTool({
    name: 'crash',
    title: 'Crash',
    description: 'Leaves an error behind that nobody catches, or two.',
    input: z.object({ nonce, way: z.enum(['throw', 'reject', 'twice']) }),
    run({ nonce: own, way }) {
      note(own)
      const fail = (): never => {
        throw new Error('nobody catches this')
      }
      if (way === 'reject') Promise.reject(new Error('nobody hears this'))
      else setImmediate(fail)
      if (way === 'twice') setTimeout(fail, 50)
      return `noted ${own}`
    }
  }),
  defineTool({
    name: 'fill',
    title: 'Fill',
    description: 'A text of so many bytes.',
    input: z.object({ nonce, bytes: z.int() }),
    run(args) {
      note(args.nonce)
      return 'x'.repeat(args.bytes)
    }
  }),
  defineTool({
    name: 'talk',
    title: 'Talk',
    description: 'Says more than a client that does not read can take.',
    input: z.object({ nonce, times: z.int() }),
    async run(args, { signal, message }) {
      note(args.nonce)
      for (let time = 0; time < args.times && !signal.aborted; time++) {
        message('info', 'x'.repeat(10_000))
        await new Promise((resolve) => setImmediate(resolve))
      }
      return `noted ${args.nonce}`
    }
  })
]
