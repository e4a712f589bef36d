import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { echoText, hello, initialized } from './call.ts'
import { endProcess } from './server-process.ts'
import { type Caller, callOf } from './session-client.ts'

/** Runs a command and talks to it over stdio, as a client of the 2025 era without a proxy. */
export async function openStdio([file = '', ...args]: readonly string[]): Promise<Caller> {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  const waiting = new Map<number, (line: string) => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id } = JSON.parse(line) as { readonly id: number }
    waiting.get(id)?.(line)
    waiting.delete(id)
  })
  // What is waited for then is answered wrongly.
  child.on('exit', (code) => {
    for (const answer of waiting.values()) answer(`exited with ${code}`)
  })

  const say = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }
  async function ask(id: number, message: object, expected: string): Promise<void> {
    const answer = new Promise<string>((resolve) => waiting.set(id, resolve))
    say(message)
    const line = await answer
    if (!line.includes(expected)) throw new Error(`wrong answer: ${line.slice(0, 300)}`)
  }
  await ask(0, { id: 0, ...hello }, '"result"')
  say(initialized)

  let lastId = 0
  return {
    call() {
      const id = ++lastId
      return ask(id, callOf('echo', id), echoText)
    },
    close: () => endProcess(child, () => child.stdin.end())
  }
}
