import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createFinanceSource } from '../tools/finance/source.ts'
import { describeEverydayTools } from './helpers/everyday-tools.ts'
import { replaceSection, settingsTable, toolsTable } from './helpers/readme-tables.ts'

// From dist/test, where this file runs.
const root = new URL('../../', import.meta.url)
const file = fileURLToPath(new URL('README.md', root))

t.test('the generated tables of the README are those of the code', async (t) => {
  const readme = readFileSync(file, 'utf8')
  const settings = replaceSection(readme, 'settings', settingsTable())
  const expected = replaceSection(settings, 'tools', toolsTable(await createFinanceSource('all')))
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

t.test('the path of one call is five files, in order', async (t) => {
  const readme = readFileSync(file, 'utf8')
  const section = readme.slice(readme.indexOf('**One call over HTTP, in five files:**'))
  const steps = [...section.matchAll(/^\d\. \[([^\]]+)\]/gm)].map(([, path]) => path)
  t.strictSame(steps, [
    'transports/http/app.ts',
    'transports/http/mcp.ts',
    'transports/http/native.ts',
    'src/call-tool.ts',
    'tools/finance/tvm/tvm.ts'
  ])
})
