import fc from 'fast-check'
import t from 'tap'
import type { ApiResponse } from '../tools/openapi/client/client.ts'
import { fitJson } from '../tools/openapi/response/budget.ts'
import { mapResponse } from '../tools/openapi/response/response.ts'
import { answer, people, person, plan, textsOf } from './helpers/answers.ts'

t.test('text is passed on, without what hides instructions', (t) => {
  const tricky = 'a\\tb\\r\\nc\\u0007\\u202e\\u{e0041}\\u001b[31m'
  const given = JSON.parse(`"${tricky.replace('\\u{e0041}', '\\udb40\\udc41')}"`) as string
  for (const mediaType of ['text/plain', 'text/csv', 'application/xml', 'application/a+xml']) {
    t.same(mapResponse(answer(given, { mediaType }), undefined), {
      content: [{ type: 'text', text: 'a\tb\nc[31m' }]
    })
  }
  const latin = answer(new Uint8Array([0x67, 0xfc]), { mediaType: 'text/plain' })
  t.same(textsOf(mapResponse({ ...latin, charset: 'iso-8859-1' }, undefined)), ['gü'])
  t.same(textsOf(mapResponse({ ...latin, charset: 'no-such' }, undefined)), ['g\ufffd'])
  t.end()
})

t.test('a long text is cut at a character, and says so', (t) => {
  const result = mapResponse(
    answer('ä'.repeat(100), { mediaType: 'text/plain' }),
    plan(undefined, { maxBytes: 51, argumentNames: ['limit', 'id'] })
  )
  t.same(textsOf(result), [
    'ä'.repeat(25),
    'Not complete: 75 of 100 characters were left out. Ask for less with the argument limit.'
  ])
  t.notOk(result.isError)
  t.end()
})

t.test('HTML and other surprises are errors unless the document names them', (t) => {
  const html = answer('<p>SECRET</p>', { mediaType: 'text/html' })
  const declared = { 200: { content: { 'text/html; charset=utf-8': {} } } }
  const csv = { 200: { content: { 'text/csv': {} } } }
  t.same(textsOf(mapResponse(html, plan(undefined, { responses: declared }))), ['<p>SECRET</p>'])
  for (const each of [undefined, plan(undefined, { responses: csv }), plan(person)]) {
    const result = mapResponse(html, each)
    t.match(result, { isError: true })
    t.notMatch(JSON.stringify(result), /SECRET/)
  }
  t.match(mapResponse(answer('x', { mediaType: '' }), undefined), { isError: true })
  const anyText = { default: { content: { 'text/*': {} } } }
  t.notOk(mapResponse(html, plan(undefined, { responses: anyText })).isError)
  t.end()
})

t.test('a file is a resource named by its content, or refused by its size', (t) => {
  const mediaType = 'image/png'
  const result = mapResponse(answer(new Uint8Array([1, 2, 3]), { mediaType }), undefined)
  t.match(result.content, [
    { type: 'resource', resource: { uri: /^urn:sha256:[0-9a-f]{64}$/, mimeType: mediaType } }
  ])
  t.equal((result.content[0] as unknown as { resource: { blob: string } }).resource.blob, 'AQID')
  const large = mapResponse(answer(new Uint8Array(262_145), { mediaType }), undefined)
  t.match(large, { isError: true })
  t.match(textsOf(large)[0], /a file of 262145 bytes; at most 262144/)
  t.end()
})

t.test('a large answer stays valid JSON: its largest lists are cut, and it says so', (t) => {
  const items = Array.from({ length: 500 }, (_, id) => ({ id, name: 'n'.repeat(20) }))
  const hints = { maxBytes: 1_000, argumentNames: ['page', 'per_page', 'id'], hasProjection: true }
  const result = mapResponse(answer(items), plan(people, hints))
  const [text = '', note = ''] = textsOf(result)
  t.ok(text.length <= 1_000)
  const kept = (JSON.parse(text) as { items: unknown[] }).items
  t.same(kept, items.slice(0, kept.length))
  t.same(result.structuredContent, { items: kept })
  const left = 500 - kept.length
  t.equal(
    note,
    `Not complete: ${left} of 500 entries of "items" were left out. Ask for less with the arguments fields, page, per_page.`
  )
  t.notOk(result.isError)
  const silent = mapResponse(answer(items), plan(people, { maxBytes: 1_000 }))
  t.match(textsOf(silent)[1], 'No argument of this tool asks for less.')
  t.end()
})

t.test('what cannot be cut, or would break its schema, is an error with advice', (t) => {
  const hints = { maxBytes: 100, argumentNames: ['limit'] }
  const long = mapResponse(answer({ id: 1, name: 'n'.repeat(200) }), plan(person, hints))
  t.match(long, { isError: true })
  t.match(textsOf(long)[0], /too large to return\. Ask for less with the argument limit/)
  const many = { type: 'array', items: { type: 'integer' }, minItems: 90 }
  const result = mapResponse(answer(Array(100).fill(1)), plan(many, hints))
  t.match(result, { isError: true })
  t.notOk('structuredContent' in result)
  t.end()
})

t.test(
  'property: what fits is left alone; the rest is a valid part of it within the budget',
  (t) => {
    const value = fc.jsonValue({ maxDepth: 5 })
    fc.assert(
      fc.property(value, fc.integer({ min: 2, max: 400 }), (given, maxBytes) => {
        const clean = JSON.parse(JSON.stringify(given)) as unknown
        const bytes = Buffer.byteLength(JSON.stringify(clean))
        const fitted = fitJson(clean, maxBytes)
        if (bytes <= maxBytes) return fitted?.cuts.length === 0 && fitted.value === clean
        if (!fitted) return true
        const size = Buffer.byteLength(JSON.stringify(fitted.value))
        return size <= maxBytes && fitted.cuts.length > 0 && isPart(fitted.value, clean)
      }),
      { numRuns: 3_000 }
    )
    t.end()
  }
)

/** Every list is the head of the original; nothing else is changed. */
function isPart(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part) && Array.isArray(whole)) {
    return part.every((item, index) => isPart(item, whole[index]))
  }
  if (typeof part === 'object' && part !== null) {
    const other = whole as Record<string, unknown>
    return (
      Object.keys(part).length === Object.keys(other).length &&
      Object.entries(part).every(([key, item]) => isPart(item, other[key]))
    )
  }
  return Object.is(part, whole) || part === whole
}

t.test('small lists stay whole while large ones are cut', (t) => {
  const value = { small: [1, 2, 3], large: Array(200).fill(7), deep: [{ tags: Array(50).fill(1) }] }
  const fitted = fitJson(value, 200)
  t.match(fitted?.value, { small: [1, 2, 3] })
  t.same(
    fitted?.cuts.map(({ path }) => path),
    ['deep.tags', 'large']
  )
  t.end()
})

const problemSchema = {
  type: 'object',
  properties: {
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, message: { type: 'string' } }
      }
    }
  }
}

t.test('a failure names refused fields only where the document declares them', (t) => {
  const body = {
    title: 'Wrong input',
    detail: 'SECRET',
    errors: [
      { field: 'email', message: 'SECRET' },
      { field: 'at.start' },
      { field: 'http://10.0.0.1/SECRET' },
      { field: '10.0.0.1' },
      { field: 7 },
      'x'
    ]
  }
  const mediaType = 'application/problem+json'
  const response = answer(body, { status: 422, mediaType })
  for (const key of ['422', '4XX', 'default']) {
    const responses = { [key]: { content: { [mediaType]: { schema: problemSchema } } } }
    const [text] = textsOf(mapResponse(response, plan(undefined, { responses })))
    t.equal(
      text,
      'The API answered 422 (Unprocessable Entity): Wrong input. Refused fields: email, at.start. Check the arguments against the description of the tool.'
    )
  }
  const other = { 400: { content: { [mediaType]: { schema: problemSchema } } } }
  for (const responses of [undefined, {}, other, { 422: {} }, { 422: { content: null } }]) {
    const [text] = textsOf(mapResponse(response, plan(undefined, { responses })))
    t.match(text, /: Wrong input\. Check the arguments/)
  }
  t.end()
})

t.test('what to do next depends on status, verb and Retry-After', (t) => {
  const failed = (status: number, more: Partial<ApiResponse> = {}) =>
    mapResponse(answer('', { status, ...more }), undefined)
  for (const status of [500, 502, 503, 504]) {
    t.match(textsOf(failed(status, { isWrite: true }))[0], /Outcome unknown.*not repeat it blindly/)
    t.match(textsOf(failed(status))[0], /try again later/)
  }
  const limited = failed(429, { retryAfterMs: 1_500 })
  t.match(textsOf(limited)[0], /Wait 2 s before calling again\./)
  t.same(limited._meta, { 'portcullis/retryAfterMs': 1_500 })
  t.notOk('_meta' in failed(429))
  t.notOk('_meta' in mapResponse(answer('{}', { retryAfterMs: 5 }), undefined))
  t.end()
})
