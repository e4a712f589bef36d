import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runOpenApi } from '../bin/openapi.ts'
import { checkDocument, formatScorecard } from '../tools/openapi/check.ts'
import { loadDocument } from '../tools/openapi/document/document.ts'
import { documentOf, getOf, mountApi } from './helpers/openapi.ts'
import { recordTerminal } from './helpers/terminal.ts'

const text = { type: 'string' }
const query = (name: string, more: object) => ({ name, in: 'query', ...more })
const document = documentOf({
  '/full': {
    get: getOf('readIt', { type: 'object' }),
    post: {
      ...getOf('writeIt'),
      deprecated: true,
      requestBody: { content: { 'application/json': {} } }
    }
  },
  '/degraded': {
    get: getOf('some', undefined, {
      parameters: [query('x', { style: 'pipeDelimited', schema: text })]
    })
  },
  '/refused': {
    get: getOf('none', undefined, {
      parameters: [query('x', { required: true, style: 'pipeDelimited', schema: text })]
    })
  }
})

t.test('every operation is graded, with reasons and totals', async (t) => {
  const card = checkDocument(await loadDocument(document))
  t.match(card, {
    title: 'Test',
    version: '1',
    totals: { operations: 4, full: 2, degraded: 1, refused: 1 },
    operations: [
      { id: 'readIt', method: 'GET', path: '/full', grade: 'full', reasons: [], tool: 'read_it' },
      { id: 'writeIt', method: 'POST', grade: 'full', tool: 'write_it' },
      { id: 'some', grade: 'degraded', reasons: [/"x" has a type/], tool: 'some' },
      { id: 'none', grade: 'refused', reasons: [/"x" has a type/], tool: undefined }
    ]
  })
  const shown = formatScorecard(card)
  t.match(shown, /4 operations: 2 full \(50 %\), 1 degraded, 1 refused/)
  t.match(shown, /degraded {2}some \(GET \/degraded\)\n {10}- left out: the query parameter "x"/)
  t.notMatch(shown, /readIt/)
})

t.test('the size is that of the real tools/list', async (t) => {
  const given = documentOf({
    '/a': { get: getOf('a', { type: 'object', properties: { b: text } }) }
  })
  const { tools } = await mountApi(given)
  const wire = tools.map(({ name, title, description, inputSchema, outputSchema, annotations }) => {
    const hints = { title, ...annotations }
    return { name, title, description, inputSchema, outputSchema, annotations: hints }
  })
  const { toolsListBytes } = checkDocument(await loadDocument(given))
  t.equal(toolsListBytes, Buffer.byteLength(JSON.stringify({ tools: wire })))
})

t.test('openapi check prints it and tells by its exit code', async (t) => {
  const folder = t.testdir({})
  const file = (name: string, content: object) => {
    writeFileSync(join(folder, name), JSON.stringify(content))
    return join(folder, name)
  }
  const mixed = file('mixed.json', document)
  const full = file('full.json', documentOf({ '/a': { get: getOf('a') } }))
  let terminal = recordTerminal()
  const run = (words: string[], json: boolean, strict: boolean) => {
    terminal = recordTerminal()
    return runOpenApi(words, { json, strict }, terminal)
  }
  t.equal(await run(['check', mixed], false, false), 0)
  t.match(terminal.said.out, /4 operations/)
  t.equal(await run(['check', mixed], false, true), 1)
  t.equal(await run(['check', full], true, true), 0)
  t.match(JSON.parse(terminal.said.out), { totals: { full: 1 } })
  const wrong: string[][] = [[], ['check'], ['lint', full], ['check', full, full]]
  for (const words of [...wrong, ['check', join(folder, 'none.json')]]) {
    await t.rejects(run(words, false, false), { name: 'ConfigError' })
  }
  await t.rejects(run(['check', file('old.json', { swagger: '2.0' })], false, false), {
    name: 'ConfigError',
    message: /Swagger 2.0 is not supported/
  })
})

t.test(
  'a document of 12 MiB and 3,000 operations loads within 1 GiB, and says in what time',
  async (t) => {
    const folder = t.testdir({})
    const path = join(folder, 'large.json')
    writeFileSync(path, JSON.stringify(largeDocument()))
    const module = new URL('./helpers/check-large.js', import.meta.url)
    const started = Date.now()
    const result = await new Promise<string>((resolve, reject) => {
      const child = ['--max-old-space-size=900', module.pathname, path]
      execFile(process.execPath, child, (error, stdout) =>
        error ? reject(error) : resolve(stdout)
      )
    })
    const { tools, megabytes, bytes } = JSON.parse(result)
    t.equal(tools, 3_000)
    t.ok(bytes > 12 * 1024 * 1024, `${bytes} bytes`)
    t.ok(megabytes < 1_024, `${megabytes} MB`)
    t.comment(`${Date.now() - started} ms`)
  }
)

/** Schemas that refer to each other across the document, some in circles, as the big ones do. */
function largeDocument(): object {
  const count = 3_000
  const description = 'What this is and why anybody would want it. '.repeat(20)
  const schemas = Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const ref = (step: number) => ({ $ref: `#/components/schemas/S${(index + step) % count}` })
      const properties = {
        id: { type: 'string', description },
        name: { type: 'string', description, example: 'x'.repeat(400) },
        next: ref(1),
        others: { type: 'array', items: ref(17) },
        far: { ...ref(291), description }
      }
      return [`S${index}`, { type: 'object', required: ['id'], properties }]
    })
  )
  const paths = Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const schema = { $ref: `#/components/schemas/S${index}` }
      const id = { name: 'id', in: 'path', required: true, schema: text }
      return [
        `/p${index}/{id}`,
        { get: { ...getOf(`get${index}`, schema, { parameters: [id] }), description } }
      ]
    })
  )
  return documentOf(paths, schemas)
}
