import fc from 'fast-check'
import t from 'tap'
import { compileUri, isTemplate } from '../src/resource-uri.ts'

function match(template: string, uri: string): Readonly<Record<string, string>> | undefined {
  const variables = compileUri(template)(uri)
  return variables && Object.fromEntries(variables)
}

t.test('a plain URI matches itself only', async (t) => {
  t.notOk(isTemplate('docs://tvm-formulas'))
  t.strictSame(match('docs://tvm-formulas', 'docs://tvm-formulas'), {})
  for (const other of ['docs://tvm-formulas/', 'docs://TVM-formulas', 'docs://tvm', '']) {
    t.equal(match('docs://tvm-formulas', other), undefined, other)
  }
  t.equal(match('docs://a.b', 'docs://axb'), undefined, 'a dot is a dot')
})

t.test('a variable stands for a segment or a part of one', async (t) => {
  t.ok(isTemplate('resources://users/{id}'))
  const rows: readonly [string, string, Readonly<Record<string, string>> | undefined][] = [
    ['resources://users/{id}', 'resources://users/7', { id: '7' }],
    ['resources://users/{id}', 'resources://users/', undefined],
    ['resources://users/{id}', 'resources://users/7/8', undefined],
    ['resources://users/{id}', 'resources://users/7?x=1', undefined],
    ['resources://users/{id}', 'resources://users/7#x', undefined],
    ['resources://users/{id}', 'xresources://users/7', undefined],
    ['a://{x}/b/{y}', 'a://1/b/2', { x: '1', y: '2' }],
    ['a://v{x}.json', 'a://v12.json', { x: '12' }],
    ['a://v{x}.json', 'a://v12xjson', undefined],
    ['a://{x}', 'a://caf%C3%A9%20au', { x: 'café au' }]
  ]
  for (const [template, uri, expected] of rows) {
    t.strictSame(match(template, uri), expected, `${template} on ${uri}`)
  }
})

t.test('a value cannot climb out of its place', async (t) => {
  for (const value of [
    '.',
    '..',
    '%2e',
    '%2E%2e',
    'a%2Fb',
    'a%5Cb',
    'a\\b',
    'a%00',
    'a%0Ab',
    '%7F',
    '%',
    '%zz',
    '%ff'
  ]) {
    t.equal(match('a://{x}', `a://${value}`), undefined, value)
  }
  t.strictSame(match('a://{x}', 'a://...'), { x: '...' })
  t.strictSame(match('a://{x}', 'a://%252e%252e'), { x: '%2e%2e' }, 'decoded once only')
})

t.test('what was encoded into a template comes out of it', async () => {
  const isPlain = (text: string) => text !== '.' && text !== '..' && !/[/\\\p{Cc}]/u.test(text)
  const value = fc.string({ unit: 'grapheme', minLength: 1 }).filter(isPlain)
  const property = fc.property(value, value, (x, y) => {
    const uri = `a://${encodeURIComponent(x)}/b/${encodeURIComponent(y)}`
    return JSON.stringify(match('a://{x}/b/{y}', uri)) === JSON.stringify({ x, y })
  })
  fc.assert(property, { numRuns: 500 })
})

t.test('no URI at all yields a value that could climb', async () => {
  const unit = fc.constantFrom('a', '.', '/', '\\', '%', '2', 'e', 'f', 'F', '5', 'c', '?', '#')
  const property = fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
    const found = match('a://{x}', `a://${text}`)
    return found === undefined || !/^\.{1,2}$|[/\\]/.test(found.x ?? '')
  })
  fc.assert(property, { numRuns: 2000 })
})

t.test('templates beyond {name} are refused when they are made', async (t) => {
  for (const template of ['a://{+path}', 'a://{?q}', 'a://{x*}', 'a://{}', 'a://{x,y}']) {
    t.throws(() => compileUri(template), { message: /only \{name\}/ }, template)
  }
})
