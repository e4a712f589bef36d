import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Runs the official conformance suite against the fixture server, both revisions, no baseline. */

// From dist/test/conformance, where this file runs.
const folder = fileURLToPath(new URL('../../../test/conformance/', import.meta.url))
const modules = join(folder, 'node_modules')
const results = join(folder, 'results')
const revisions = ['2025-11-25', '2026-07-28']

interface Check {
  readonly id: string
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'
  readonly errorMessage?: string
}

async function main(): Promise<void> {
  if (!existsSync(join(modules, '@modelcontextprotocol/conformance'))) install()
  rmSync(results, { recursive: true, force: true })
  const { url, server } = await startServer()
  let failed = 0
  try {
    for (const revision of revisions) failed += await judge(url, revision)
  } finally {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
  process.exitCode = failed === 0 ? 0 : 1
}

/** The referee and its Node are big; they come only when they are asked for. */
function install(): void {
  const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2]
  })
  if (done.status !== 0) throw new Error('the referee could not be installed')
}

async function startServer(): Promise<{ url: string; server: ChildProcess }> {
  const script = fileURLToPath(new URL('./server.js', import.meta.url))
  const server = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (!server.stdout) throw new Error('no output of the server')
  for await (const line of createInterface(server.stdout)) {
    return { url: line, server }
  }
  throw new Error('the server did not start')
}

/** The referee needs Node 22 or newer. */
function refereeNode(): string {
  const isNewEnough = Number(process.versions.node.split('.')[0]) >= 22
  return isNewEnough ? process.execPath : join(modules, 'node24/bin/node')
}

/** One revision; returns the number of failed checks. */
async function judge(url: string, revision: string): Promise<number> {
  const output = join(results, revision)
  const entry = join(modules, '@modelcontextprotocol/conformance/dist/index.js')
  const options = ['--suite', 'all', '--spec-version', revision, '--timeout', '10000', '-o', output]
  const referee = spawn(refereeNode(), [entry, 'server', '--url', url, ...options], {
    stdio: ['ignore', process.env.CONFORMANCE_VERBOSE ? 'inherit' : 'ignore', 'inherit']
  })
  const [status] = (await once(referee, 'exit')) as [number | null]
  const checks = readChecks(output)
  const count = (wanted: Check['status']): number =>
    checks.filter((check) => check.status === wanted).length
  const scenarios = existsSync(output) ? readdirSync(output).length : 0
  process.stdout.write(
    `conformance ${revision}: ${scenarios} scenarios, ${count('SUCCESS')} checks passed, ` +
      `${count('FAILURE')} failed, ${count('WARNING')} warnings, exit ${status}\n`
  )
  for (const check of checks) {
    if (check.status !== 'FAILURE' && check.status !== 'WARNING') continue
    process.stdout.write(`  ${check.status} ${check.id}: ${check.errorMessage ?? ''}\n`)
  }
  return status === 0 && checks.length > 0 ? count('FAILURE') : Math.max(1, count('FAILURE'))
}

function readChecks(output: string): readonly Check[] {
  if (!existsSync(output)) return []
  return readdirSync(output).flatMap((scenario) => {
    const file = join(output, scenario, 'checks.json')
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Check[]) : []
  })
}

await main()
