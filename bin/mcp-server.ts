#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { ConfigError, type LoadedConfig, loadConfig, printConfig } from '../src/config.ts'
import { readVersion } from '../src/version.ts'
import { loadSources } from '../tools/load.ts'
import { type CommandLine, helpText, readCommandLine } from './command-line.ts'

async function main(argv: readonly string[]): Promise<void> {
  const line = readCommandLine(argv)
  if (line.action === 'help') return print(helpText)
  if (line.action === 'version') return print(`${readVersion()}\n`)
  const loaded = await load(line)
  if (line.action === 'print-config') return print(printConfig(loaded))
  const sources = await loadSources(loaded.config)
  if (line.action === 'serve') {
    const { serve } = await import('./serve.ts')
    return serve(loaded, sources)
  }
  const { runTools } = await import('./tools.ts')
  try {
    process.exitCode = await runTools(loaded.config, sources, line)
  } finally {
    await Promise.all(sources.map((source) => source.close()))
  }
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
  try {
    const text = readFileSync(path, 'utf8')
    if (extname(path) === '.json') return JSON.parse(text)
    const { parse } = await import('yaml')
    return parse(text) ?? {}
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`--config ${path}: ${reason}`, { cause })
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
