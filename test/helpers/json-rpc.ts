import { type Ended, type Running, start } from './executable.ts'

export interface Answer {
  readonly jsonrpc: string
  readonly id?: string | number | null
  readonly method?: string
  readonly result?: { readonly [key: string]: unknown }
  readonly error?: {
    readonly code: number
    readonly message: string
    readonly data?: { readonly [key: string]: unknown }
  }
}

export interface Client extends Running {
  send(...messages: readonly object[]): void
  /** The answer with this id, as soon as it has come. */
  answer(id: string | number): Promise<Answer>
}

/** Limits and audit lines off: faults are what these tests look at. */
export const quiet = { MCP_RATE_LIMIT_ENABLED: 'false', MCP_AUDIT: 'false' }

/** Starts the executable on stdio and speaks JSON-RPC lines with it. */
export function connect(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {}
): Client {
  return speak(start(args, { ...quiet, ...env }))
}

export function speak(running: Running): Client {
  return {
    ...running,
    send(...messages) {
      running.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
    },
    answer(id) {
      return running.stdout.pick((text) => readLines(text).find((line) => line.id === id))
    }
  }
}

/** The complete lines, each of which must be JSON. */
function readLines(text: string): readonly Answer[] {
  const lines = text.split('\n')
  lines.pop()
  return lines.map((line) => JSON.parse(line))
}

export function answersOf({ stdout }: Pick<Ended, 'stdout'>): readonly Answer[] {
  return readLines(stdout)
}
