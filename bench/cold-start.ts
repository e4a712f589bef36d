import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { hello, initialized } from './call.ts'
import { type Pinning, pinned } from './pinning.ts'
import { endProcess } from './server-process.ts'
import { median, min } from './statistics.ts'

/** From spawn to the answer of `tools/list` over stdio. */
export interface ColdStart {
  readonly name: string
  readonly minMs: number
  readonly medianMs: number
}

interface Answer {
  readonly id?: unknown
  readonly result?: { readonly tools?: readonly unknown[] }
}

const { execPath } = process
const product = fileURLToPath(new URL('../bin/mcp-server.js', import.meta.url))
const lowLevel = fileURLToPath(new URL('./servers/stdio-server.js', import.meta.url))
const highLevel = fileURLToPath(new URL('./servers/stdio-mcp-server.js', import.meta.url))

export const coldStartNames = {
  floor: 'node -e 0',
  lowLevel: 'SDK v2 serveStdio, Server',
  highLevel: 'SDK v2 serveStdio, McpServer',
  product: 'portcullis'
} as const

/** Starts every contender `times` times in turn. The SDK's servers list the product's own tools. */
export async function measureColdStart(
  times: number,
  pinning: Pinning | undefined
): Promise<readonly ColdStart[]> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'))
  try {
    const { tools } = await askForTools([execPath, product], pinning)
    const list = join(directory, 'tools.json')
    await writeFile(list, JSON.stringify(tools))
    const start = async (...args: string[]): Promise<number> => {
      const answer = await askForTools([execPath, ...args], pinning)
      if (answer.tools.length === tools.length) return answer.elapsedMs
      throw new Error(`cold start of ${args[0]}: ${answer.tools.length} tools, not ${tools.length}`)
    }
    const contenders: readonly (readonly [string, () => Promise<number>])[] = [
      [coldStartNames.floor, () => timeFloor(pinning)],
      [coldStartNames.lowLevel, () => start(lowLevel, list)],
      [coldStartNames.highLevel, () => start(highLevel, list)],
      [coldStartNames.product, () => start(product)]
    ]
    return await takeTurns(contenders, times)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function takeTurns(
  contenders: readonly (readonly [string, () => Promise<number>])[],
  times: number
): Promise<readonly ColdStart[]> {
  const rows = contenders.map(([name, measure]) => ({ name, measure, takenMs: [] as number[] }))
  for (let turn = 0; turn < times; turn++) {
    for (const { measure, takenMs } of rows) takenMs.push(await measure())
  }
  return rows.map(({ name, takenMs }) => ({ name, minMs: min(takenMs), medianMs: median(takenMs) }))
}

async function timeFloor(pinning: Pinning | undefined): Promise<number> {
  const [file, args] = pinned(pinning, [execPath, '-e', '0'])
  const startedMs = performance.now()
  await once(spawn(file, args, { stdio: 'ignore' }), 'exit')
  return performance.now() - startedMs
}

/** Behaves as a client does: the list is asked for when `initialize` was answered. */
async function askForTools(
  command: readonly string[],
  pinning: Pinning | undefined
): Promise<{ readonly tools: readonly unknown[]; readonly elapsedMs: number }> {
  const [file, args] = pinned(pinning, command)
  const startedMs = performance.now()
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'], timeout: 30_000 })
  const say = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }
  say({ id: 1, ...hello })
  for await (const line of createInterface({ input: child.stdout })) {
    const { id, result } = JSON.parse(line) as Answer
    if (id === 1) {
      say(initialized)
      say({ id: 2, method: 'tools/list' })
    }
    if (id === 2 && result?.tools) {
      const elapsedMs = performance.now() - startedMs
      await endProcess(child, () => child.stdin.end())
      return { tools: result.tools, elapsedMs }
    }
  }
  throw new Error(`cold start of ${command[1]}: no tools/list answer`)
}
