#!/usr/bin/env node
import type { LoadedConfig } from '../src/config.ts'
import { ConfigError } from '../src/config-error.ts'
import { readVersion } from '../src/version.ts'
import { type CommandLine, helpText, readCommandLine } from './command-line.ts'
import { load } from './load-config.ts'

type Action = CommandLine['action']
/** Runs a command; resolves with its exit code. */
type Run = (line: CommandLine) => Promise<number>
type RunConfigured = (loaded: LoadedConfig, line: CommandLine) => Promise<number>

/** Commands that need no configuration. Each imports what it needs: the start waits for no other. */
const plainCommands = {
  help: async () => print(helpText),
  version: async () => print(`${readVersion()}\n`),
  openapi: async (line) => (await import('./openapi.ts')).runOpenApi(line.words, line),
  import: async (line) => (await import('./import.ts')).runImport(line.words, line),
  snippet: async (line) => (await import('./snippet.ts')).runSnippet(line.words, line),
  doctor: async (line) => (await import('./doctor/doctor.ts')).runDoctor(line)
} satisfies Partial<Record<Action, Run>>

type Plain = keyof typeof plainCommands

const configuredCommands: Record<Exclude<Action, Plain | 'serve'>, RunConfigured> = {
  'print-config': async (loaded) => {
    const { printConfig } = await import('../src/settings/print-config.ts')
    const { readReference } = await import('./output.ts')
    return print(printConfig(loaded, readReference))
  },
  audit: async ({ config }, { words, head }) =>
    (await import('./audit.ts')).runAudit(words, { head, key: config.audit.key }),
  keys: async ({ config }, line) => (await import('./keys.ts')).runKeys(config, line),
  client: async ({ config }, line) => (await import('./client.ts')).runClient(config, line),
  lock: async ({ config }, line) => (await import('./lock.ts')).runLock(config, line),
  tools: async ({ config }, line) => (await import('./tools.ts')).runTools(config, line)
}

async function main(argv: readonly string[]): Promise<void> {
  const line = readCommandLine(argv)
  const { action } = line
  if (isPlain(action)) {
    process.exitCode = await plainCommands[action](line)
    return
  }
  const loaded = await load(line)
  if (action !== 'serve') {
    process.exitCode = await configuredCommands[action](loaded, line)
    return
  }
  const { serve } = await import('./serve.ts')
  await serve(loaded, line)
}

function isPlain(action: Action): action is Plain {
  return Object.hasOwn(plainCommands, action)
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  const isUsage = error instanceof ConfigError
  const message = isUsage ? error.message : ((error as Error).stack ?? String(error))
  process.stderr.write(`mcp-server: ${message}\n`)
  process.exit(isUsage ? 2 : 1)
}
