import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createFinanceSource } from '../tools/finance/source.ts'
import { describeEverydayTools } from './helpers/everyday-tools.ts'
import { ratesTable, replaceSection, settingsTable, toolsTable } from './helpers/readme-tables.ts'

// From dist/test, where this file runs.
const root = new URL('../../', import.meta.url)
const file = fileURLToPath(new URL('README.md', root))

t.test('the generated tables of the README are those of the code', async (t) => {
  const readme = readFileSync(file, 'utf8')
  const tables = {
    settings: settingsTable(),
    rates: ratesTable(),
    tools: toolsTable(await createFinanceSource('all'))
  }
  const expected = Object.entries(tables).reduce(
    (text, [name, table]) => replaceSection(text, name, table),
    readme
  )
  if (process.env.UPDATE_README) writeFileSync(file, expected)
  t.equal(readFileSync(file, 'utf8'), expected, 'run npm run docs')
})

t.test('the everyday tools are described as they are', async (t) => {
  const described = fileURLToPath(new URL('tools/finance/everyday-tools.ts', root))
  const expected = await describeEverydayTools()
  if (process.env.UPDATE_README) writeFileSync(described, expected)
  t.equal(readFileSync(described, 'utf8'), expected, 'run npm run docs')
})

t.test('every file that the README and SECURITY.md name exists', async (t) => {
  for (const name of ['README.md', 'SECURITY.md', 'CHANGELOG.md']) {
    const text = readFileSync(new URL(name, root), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      t.ok(existsSync(new URL(target, root)), `${name}: ${target}`)
    }
  }
})

/** The files that a numbered list of the README leads through. */
function stepsBelow(heading: string): readonly (string | undefined)[] {
  const readme = readFileSync(file, 'utf8')
  const [, section = ''] = readme.split(`**${heading}:**\n\n`)
  const [list = ''] = section.split('\n\n')
  return [...list.matchAll(/^\d\. \[([^\]]+)\]/gm)].map(([, path]) => path)
}

t.test('the paths of calls lead through the files that they name, in order', async (t) => {
  t.strictSame(stepsBelow('One call over HTTP, in five files'), [
    'transports/http/app.ts',
    'transports/http/mcp.ts',
    'transports/http/lanes/native.ts',
    'src/call/call-tool.ts',
    'tools/finance/tvm/tvm.ts'
  ])
  t.strictSame(stepsBelow('One call to a mounted server, in six files'), [
    'tools/upstream/mount/mount.ts',
    'tools/upstream/mount/offered/tool.ts',
    'tools/upstream/server.ts',
    'tools/upstream/keeper.ts',
    'tools/upstream/requests.ts',
    'tools/upstream/link/sdk-link.ts'
  ])
})
