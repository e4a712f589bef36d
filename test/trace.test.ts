import fc from 'fast-check'
import t from 'tap'
import { readTrace } from '../src/trace.ts'

const readTraceId = (value: unknown) => readTrace(value)?.traceId

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'

t.test('takes the trace id of a well-formed traceparent', async (t) => {
  t.equal(readTraceId(`00-${traceId}-${parentId}-01`), traceId)
  t.equal(readTraceId(`00-${traceId}-${parentId}-00`), traceId)
  // W3C Trace Context §3.2.4: a higher version may go on after a dash.
  t.equal(readTraceId(`cc-${traceId}-${parentId}-01`), traceId)
  t.equal(readTraceId(`cc-${traceId}-${parentId}-01-what-the-future-will-be-like`), traceId)
})

t.test('leaves alone what is malformed', async (t) => {
  for (const bad of [
    undefined,
    null,
    7,
    {},
    [],
    '',
    traceId,
    `ff-${traceId}-${parentId}-01`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${traceId}-${parentId.toUpperCase()}-01`,
    `00-${traceId}-${parentId}`,
    `00-${traceId}-${parentId}-1`,
    `00-${traceId}-${parentId}-011`,
    `00-${traceId.slice(1)}-${parentId}-01`,
    `00-${traceId}-${parentId.slice(1)}-01`,
    `0-${traceId}-${parentId}-01`,
    ` 00-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-01\n`,
    `cc-${traceId}-${parentId}-01-${'x'.repeat(4096)}`,
    `cc-${traceId}-${parentId}-01.more`
  ]) {
    t.equal(readTraceId(bad), undefined, String(bad).slice(0, 80))
  }
})

t.test('version 00 ends with its flags', async (t) => {
  t.equal(readTraceId(`00-${traceId}-${parentId}-01-what-the-future-will-be-like`), undefined)
  t.equal(readTraceId(`00-${traceId}-${parentId}-01-`), undefined)
})

t.test('whatever comes, the result is 32 hexadecimal digits or nothing', async () => {
  const hex = (length: number) =>
    fc.string({
      unit: fc.constantFrom(...'0123456789abcdefABg-'),
      minLength: length,
      maxLength: length
    })
  const texts = fc.tuple(hex(2), hex(32), hex(16), hex(2)).map((parts) => parts.join('-'))
  const property = fc.property(fc.oneof(texts, fc.string()), (text) => {
    const id = readTraceId(text)
    return id === undefined || (/^[\da-f]{32}$/.test(id) && text.includes(id))
  })
  fc.assert(property, { numRuns: 500 })
})
