import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** Runs the official suite's client scenarios through the code that connects to upstream servers. */

// From dist/test/conformance, where this file runs.
const modules = fileURLToPath(new URL('../../../test/conformance/node_modules/', import.meta.url))
const client = fileURLToPath(new URL('./client.js', import.meta.url))

/** Required by the revision (and the not scored one of JSON Schema), one run at that wire each. */
const scenarios = new Map([
  [
    '2025-11-25',
    [
      'initialize',
      'tools_call',
      'elicitation-sep1034-client-defaults',
      'sse-retry',
      'json-schema-2020-12-preservation'
    ]
  ],
  [
    '2026-07-28',
    [
      'tools_call',
      'request-metadata',
      'http-standard-headers',
      'http-custom-headers',
      'http-invalid-tool-headers',
      'sep-2322-client-request-state',
      'json-schema-ref-no-deref',
      'json-schema-2020-12-preservation'
    ]
  ]
])

const notApplicable =
  'auth/*: a person gives a client access there, by discovery, registration and a browser; this ' +
  'gateway holds one credential per server, which its operator configures. ' +
  'sep-2640-*: skills are an extension that is not mounted.'

async function main(): Promise<void> {
  const entry = join(modules, '@modelcontextprotocol/conformance/dist/index.js')
  if (!existsSync(entry)) throw new Error('the referee is missing: run npm run conformance first')
  const isNewEnough = Number(process.versions.node.split('.')[0]) >= 22
  const node = isNewEnough ? process.execPath : join(modules, 'node24/bin/node')
  for (const [revision, names] of scenarios) {
    for (const name of names) {
      const options = ['--scenario', name, '--spec-version', revision]
      const command = `${process.execPath} ${client}`
      const referee = spawn(node, [entry, 'client', '--command', command, ...options], {
        // It reports on stderr.
        stdio: ['ignore', 'ignore', 'pipe']
      })
      const [said, [status]] = await Promise.all([text(referee.stderr), once(referee, 'exit')])
      const [, passed = 0, all = 0] = /Passed: (\d+)\/(\d+)/.exec(said)?.map(Number) ?? []
      process.stdout.write(`client ${revision} ${name}: ${passed}/${all} passed, exit ${status}\n`)
      // No report is no success, whatever the exit status says.
      if (status !== 0 || passed === 0 || passed !== all) process.exitCode = 1
    }
  }
  process.stdout.write(`not applicable: ${notApplicable}\n`)
}

await main()
