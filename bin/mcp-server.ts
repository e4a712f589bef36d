#!/usr/bin/env node
import { printConfig } from '../src/config.ts'
import { ConfigError } from '../src/config-error.ts'
import { readVersion } from '../src/version.ts'
import { helpText, readCommandLine } from './command-line.ts'
import { load } from './load-config.ts'
import { findLock } from './open-lock.ts'

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
  if (line.action === 'snippet') {
    const { runSnippet } = await import('./snippet.ts')
    return runSnippet(line.words, line)
  }
  if (line.action === 'doctor') {
    const { runDoctor } = await import('./doctor/doctor.ts')
    process.exitCode = await runDoctor(line)
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
    return serve(loaded, findLock(loaded.config, line.configFile))
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
  if (line.action === 'lock') {
    const { runLock } = await import('./lock.ts')
    process.exitCode = await runLock(loaded.config, line)
    return
  }
  const { runTools } = await import('./tools.ts')
  process.exitCode = await runTools(loaded.config, line)
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
