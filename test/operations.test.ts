import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { readCommandLine } from '../bin/command-line.ts'
import { checks } from '../bin/doctor/checks.ts'
import { listSettings } from '../src/config.ts'
import { sourcesOf } from '../src/settings/setting.ts'
import { operatorPages, quotedIn, readPage, root, tableOf } from './helpers/documents.ts'
import { acceptedTable, replaceSection } from './helpers/readme-tables.ts'

const operations = readPage('operations')
const checkIds = checks.map(({ id }) => id)

t.test('the table of settings is that of the code', async (t) => {
  const expected = replaceSection(operations, 'accepted', acceptedTable())
  if (process.env.UPDATE_README) writeFileSync(new URL('docs/operations.md', root), expected)
  t.equal(readPage('operations'), expected, 'run npm run docs')
})

t.test('the checklist names every check of doctor, and only those', async (t) => {
  const named = tableOf(operations, 'item').flatMap(([, cell = '']) => quotedIn(cell))
  t.strictSame([...new Set(named)].toSorted(), checkIds.toSorted())
})

t.test('the checklist holds every item of the five old ones', async (t) => {
  const from = tableOf(operations, 'item').flatMap(([, , cell = '']) => cell.split(', '))
  const lists = { 'SW-R': 17, 'SW-D': 5, 'SW-S': 3, HG: 11, BM: 13, CL: 9 }
  for (const [list, count] of Object.entries(lists)) {
    const items = Array.from({ length: count }, (_, index) => `${list}-${index + 1}`)
    for (const item of items) t.ok(from.includes(item), item)
    t.strictSame(
      from.filter((id) => id.startsWith(`${list}-`) && !items.includes(id)),
      []
    )
  }
})

t.test('what to do is told of every alert', async (t) => {
  const rules = readFileSync(new URL('deploy/prometheus/alerts.yml', root), 'utf8')
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name)
  const told = tableOf(operations, 'alert').map(([cell = '']) => cell.replaceAll('`', ''))
  t.strictSame(told.toSorted(), alerts.toSorted())
})

/** The words of a command as a shell would read them, placeholders included. */
function splitWords(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? ''
  )
}

t.test('every command of ours in the pages is one', async (t) => {
  for (const page of operatorPages) {
    const commands = [...readPage(page).matchAll(/(?<![/\w.-])mcp-server ([a-z-][^`#|;\n]*)/g)]
    t.ok(page === 'threat-model' || commands.length > 3, page)
    for (const [, words = ''] of commands) {
      t.doesNotThrow(() => readCommandLine(splitWords(words)), `${page}: ${words}`)
    }
  }
})

t.test('commands work as pasted: with the key of the chain, in the namespace', async (t) => {
  const blocks = operatorPages.flatMap((page) =>
    [...readPage(page).matchAll(/^ *```sh\n([\s\S]*?)```/gm)].map(([, block = '']) => block)
  )
  const lines = blocks.flatMap((block) => block.split('\n'))
  const audits = lines.filter((line) => /mcp-server audit /.test(line))
  t.ok(audits.length > 4)
  for (const line of audits) t.match(line, /\bMCP_AUDIT_KEY="\$\(/, line)
  const clusters = lines.flatMap((line) => line.match(/\bkubectl [^|;)]*/g) ?? [])
  t.ok(clusters.length > 4)
  for (const command of clusters) t.match(command, /^kubectl -n portcullis /, command)
  // Older systemd calls it --kill-who.
  for (const line of lines) t.notMatch(line, /--kill-whom/)
})

/** Settings of parts that are built beside these pages. */
const alsoSettings = ['MCP_SOCKET', 'MCP_TLS_CERT', 'MCP_TLS_KEY', 'MCP_TLS_CLIENT_CA'].concat(
  'MCP_DRAIN_WAIT',
  'SSE_SESSION_TIMEOUT',
  'MCP_SSE'
)

t.test('every variable and every key in the pages is a setting', async (t) => {
  const settings = listSettings()
  const variables = settings.flatMap(({ schema }) => sourcesOf(schema).from).concat(alsoSettings)
  const sections = new Set(settings.map(({ key }) => key.split('.')[0]))
  for (const page of operatorPages) {
    const text = readPage(page)
    for (const [name] of text.matchAll(/\bMCP_[A-Z_]+\b/g)) {
      t.ok(variables.includes(name), `${page}: ${name}`)
    }
    for (const quoted of quotedIn(text)) {
      const isKey = /^[a-z]+(?:\.[a-zA-Z]+)+$/.test(quoted) && quoted !== 'tools.lock'
      if (!isKey || !sections.has(quoted.split('.')[0])) continue
      const isKnown = settings.some(({ key }) => key === quoted) || checkIds.includes(quoted)
      t.ok(isKnown, `${page}: ${quoted}`)
    }
  }
})

t.test('every file that the pages lead to is there', async (t) => {
  for (const page of operatorPages) {
    for (const [, target = ''] of readPage(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      t.ok(existsSync(new URL(target, new URL('docs/', root))), `${page}: ${target}`)
    }
  }
})

/** The text under a heading, down to the next one. */
function readSection(heading: string): string {
  const [, rest] = operations.split(`\n## ${heading}\n`)
  if (rest === undefined) throw new Error(`docs/operations.md has no section ${heading}`)
  return rest.split('\n## ')[0] ?? ''
}

t.test('SW-54: audit lines to a SIEM, retention, encryption at rest', async (t) => {
  const siem = readSection('Audit lines to a SIEM')
  for (const agent of ['Splunk', 'CloudWatch', 'Filebeat']) t.match(siem, agent)
  t.match(siem, 'MCP_AUDIT_FILE')
  t.match(siem, 'mcp-server audit verify')
  const retention = readSection('Retention and encryption at rest')
  t.match(retention, /Delete whole files, the oldest first/)
  t.match(retention, /LUKS/)
  t.match(retention, 'MCP_AUDIT_ARGS=redacted')
})

t.test('BM-46: recipes for logs', async (t) => {
  const recipes = readSection('Logs')
  t.match(recipes, /journalctl -u portcullis [^\n]*-f\b/, 'to follow')
  t.match(recipes, /journalctl -u portcullis [^\n]*--since/, 'to look back')
  t.match(recipes, /kubectl (?:-n portcullis )?logs /)
})

t.test('BM-49: descriptors, memory, several instances', async (t) => {
  const tuning = readSection('Tuning')
  for (const words of ['ulimit -n 65536', 'LimitNOFILE=65536', 'Memory:', 'REDIS_URL']) {
    t.match(tuning, words)
  }
  t.match(tuning, 'Mcp-Session-Id')
})

t.test('SW-52: secrets managers, and keys that change every 90 days', async (t) => {
  const managers = readSection('Secrets managers')
  for (const name of ['AWS Secrets Manager', 'Azure Key Vault', 'HashiCorp Vault']) {
    t.match(managers, name)
  }
  t.match(readSection('Changing keys'), 'MCP_KEY_MAX_AGE_DAYS=90')
})
