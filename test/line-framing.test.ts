import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { createLineFraming, type Frame } from '../src/line-framing.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const bom = '\uFEFF'

/** The same by splitting the whole text. */
function splitNaively(text: string, maxBytes: number): readonly Frame[] {
  const parts = text.split('\n')
  if (parts.at(-1) === '') parts.pop()
  return parts.map((part, index) => {
    if (Buffer.byteLength(part) > maxBytes) return 'too_large'
    const clean = index === 0 && part.startsWith(bom) ? part.slice(1) : part
    return { text: clean.endsWith('\r') ? clean.slice(0, -1) : clean }
  })
}

/** Pushes the bytes cut at the given places, which may fall into a character. */
function pushCut(text: string, maxBytes: number, cuts: readonly number[]): readonly Frame[] {
  const bytes = Buffer.from(text)
  const framing = createLineFraming(maxBytes)
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length]
  places.sort((a, b) => a - b)
  const lines = places.flatMap((place, index) =>
    framing.push(bytes.subarray(places[index - 1] ?? 0, place))
  )
  return [...lines, ...framing.end()]
}

const texts = fc.string({
  unit: fc.constantFrom('a', '{', '\n', '\r', '\r\n', 'é', '😀', bom),
  maxLength: 60
})
const cuts = fc.array(fc.nat(), { maxLength: 20 })

t.test('however the bytes are cut, the lines are the same', async () => {
  const property = fc.property(texts, cuts, (text, places) => {
    const expected = JSON.stringify(splitNaively(text, 10_000))
    return JSON.stringify(pushCut(text, 10_000, places)) === expected
  })
  fc.assert(property, { numRuns: 2000 })
})

t.test('a line over the limit is dropped alone, wherever it is cut', async () => {
  const property = fc.property(
    texts,
    cuts,
    fc.integer({ min: 1, max: 12 }),
    (text, places, max) => {
      return JSON.stringify(pushCut(text, max, places)) === JSON.stringify(splitNaively(text, max))
    }
  )
  fc.assert(property, { numRuns: 2000 })
})

t.test('the limit itself is allowed, one byte more is not', async (t) => {
  const framing = createLineFraming(8)
  t.strictSame(framing.push(Buffer.from('12345678\n123456789\n\n')), [
    { text: '12345678' },
    'too_large',
    { text: '' }
  ])
  t.strictSame(framing.push(Buffer.from('12345678')), [])
  t.strictSame(framing.push(Buffer.from('9')), [])
  t.strictSame(framing.push(Buffer.from('0\nok\n')), ['too_large', { text: 'ok' }])
})

t.test('a line is there as soon as its end is, the rest at the end of input', async (t) => {
  const framing = createLineFraming(100)
  t.strictSame(framing.push(Buffer.from('one\ntw')), [{ text: 'one' }])
  t.strictSame(framing.push(Buffer.from('o')), [])
  t.strictSame(framing.end(), [{ text: 'two' }])
  t.strictSame(framing.end(), [])
})

t.test('a mark at the very beginning is removed, later it is text', async (t) => {
  t.strictSame(pushCut(`${bom}a\n${bom}b\n`, 100, [1]), [{ text: 'a' }, { text: `${bom}b` }])
})

t.test('what is too long is not kept while it comes', async (t) => {
  const framing = createLineFraming(1024)
  const chunk = Buffer.alloc(1_048_576, 'x')
  const before = process.memoryUsage().arrayBuffers
  for (let index = 0; index < 64; index++) framing.push(Buffer.from(chunk))
  collectGarbage()
  t.ok(process.memoryUsage().arrayBuffers - before < 8 * chunk.length)
  t.strictSame(framing.push(Buffer.from('\nnext\n')), ['too_large', { text: 'next' }])
})
