#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { type LoadedConfig, loadConfig, printConfig } from '../src/config.ts'
import { ConfigError, reasonOf } from '../src/config-error.ts'
import { readOwnedFile } from '../src/private-file.ts'
import { readVersion } from '../src/version.ts'
import { loadSources } from '../tools/load.ts'
import { type CommandLine, helpText, readCommandLine } from './command-line.ts'

async function main(argv: readonly string[]): Promise<void> {
  const line = readCommandLine(argv)
  if (line.action === 'help') return print(helpText)
  if (line.action === 'version') return print(`${readVersion()}\n`)
  if (line.action === 'openapi') {
    const { runOpenApi } = await import('./openapi.ts')
    process.exitCode = await runOpenApi(line.words, line)
    return
  }
  if (line.action === 'import') {
    const { runImport } = await import('./import.ts')
    process.exitCode = await runImport(line.words, line)
    return
  }
  const loaded = await load(line)
  if (line.action === 'print-config') return print(printConfig(loaded))
  if (line.action === 'audit') {
    const { runAudit } = await import('./audit.ts')
    const { key } = loaded.config.audit
    const { words, head } = line
    process.exitCode = runAudit(words, {
      ...(head !== undefined && { head }),
      ...(key !== undefined && { key })
    })
    return
  }
  if (line.action === 'serve') {
    const { serve } = await import('./serve.ts')
    return serve(loaded, loadSources)
  }
  if (line.action === 'keys') {
    const { runKeys } = await import('./keys.ts')
    return runKeys(loaded.config, line)
  }
  if (line.action === 'client') {
    const { runClient } = await import('./client.ts')
    process.exitCode = await runClient(loaded.config, line)
    return
  }
  const { runTools } = await import('./tools.ts')
  process.exitCode = await runTools(loaded.config, line, loadSources)
}

async function load({ configFile, settings }: CommandLine): Promise<LoadedConfig> {
  return loadConfig({
    flags: settings,
    env: process.env,
    ...(configFile !== undefined && { file: await readConfigFile(configFile) }),
    readSecret: (path) => readFileSync(path, 'utf8')
  })
}

async function readConfigFile(path: string): Promise<unknown> {
  const { text, isOwn } = readTextFile(path)
  const file = await parseConfig(path, text)
  // Whoever writes a command decides what this machine runs.
  if (!isOwn && namesCommand((file as { servers?: unknown } | null)?.servers)) {
    throw new ConfigError(
      `--config ${path}: servers name commands to run, so the file must be yours or root's, and ` +
        'writable by nobody else: run chmod go-w on it'
    )
  }
  return file
}

/** True when there is a program to start anywhere within. */
function namesCommand(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return 'command' in value || Object.values(value).some(namesCommand)
}

async function parseConfig(path: string, text: string): Promise<unknown> {
  if (extname(path) === '.json') return parseJsonFile(path, text)
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text, { prettyErrors: false })
  const [fault] = document.errors
  if (fault) {
    const line = text.slice(0, fault.pos[0]).split('\n').length
    throw new ConfigError(`--config ${path}: line ${line}: ${fault.code.toLowerCase()}`)
  }
  return document.toJS() ?? {}
}

function parseJsonFile(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and with it perhaps a secret.
    throw new ConfigError(`--config ${path}: not valid JSON`)
  }
}

function readTextFile(path: string): ReturnType<typeof readOwnedFile> {
  try {
    return readOwnedFile(path)
  } catch (cause) {
    throw new ConfigError(`--config ${path}: ${reasonOf(cause)}`, { cause })
  }
}

function print(text: string): void {
  process.stdout.write(text)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  const isUsage = error instanceof ConfigError
  const message = isUsage ? error.message : ((error as Error).stack ?? String(error))
  process.stderr.write(`mcp-server: ${message}\n`)
  process.exit(isUsage ? 2 : 1)
}
