import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { run } from './helpers/executable.ts'
import { root } from './helpers/moving-page.ts'

/*
 * Every file of the example in docs/pinning.md is written, every command run, every output compared.
 * UPDATE_PAGE=1 node dist/test/pinning-page.test.js writes the outputs.
 */

const page = new URL('docs/pinning.md', root)
t.setTimeout(120_000)
const fence = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm

t.test('the example is what the commands say', async (t) => {
  const folder = t.testdir({})
  let text = readFileSync(page, 'utf8')
  let commands = 0
  for (const [block, language, file, content = ''] of text.matchAll(fence)) {
    if (file !== undefined) writeFileSync(join(folder, file), content)
    if (language !== 'console') continue
    const lines = content.split('\n').filter((line) => line.startsWith('$ '))
    let shown = ''
    for (const line of lines) {
      shown += `${line}\n${await answer(line, folder)}`
      commands++
    }
    if (process.env.UPDATE_PAGE) text = text.replace(block, `\`\`\`console\n${shown}\`\`\``)
    else t.equal(content, shown)
  }
  t.equal(commands, 5)
  if (process.env.UPDATE_PAGE) writeFileSync(page, text)
})

/** What a line such as `$ mcp-server lock diff; echo $?` prints. */
async function answer(line: string, folder: string): Promise<string> {
  const [command = '', echo] = line.slice('$ mcp-server '.length).split('; ')
  const { code, stdout } = await run(command.split(' '), {}, '', folder)
  return stdout + (echo === undefined ? '' : `${code}\n`)
}
