import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { createSeal, type Seal } from '../src/audit/chain.ts'
import { createVerifier } from '../src/audit/verify.ts'
import { linesOf, linkOf, verify, writeChain } from './helpers/audit-chain.ts'

/*
 * A file of 10,000 lines, changed in every way that an editor can change it. For every byte of it
 * with so many other values each (255 is all there are, and takes an hour):
 * AUDIT_EDITS=8 node dist/test/audit-verify.test.js
 */

const timeout = 7_200_000
t.setTimeout(timeout)
const valuesPerByte = Number(process.env.AUDIT_EDITS ?? 0)
const count = 10_000
const key = 'the key of the chain, long enough for production'
const seal = createSeal(key)
const folder = t.testdir({})
const file = join(folder, 'audit.jsonl')
const other = join(folder, 'other.jsonl')
await writeChain(file, count, key)
const lines = linesOf(file)
const links = lines.map(linkOf)
const newline = Buffer.from('\n')

/** A check that has come to line `number`. One line stands in for all before, so this is its line 2. */
function verifierAt(number: number) {
  const link = links[number - 2]
  if (!link) return createVerifier({ seal })
  const start = `{"ts":"2026-01-01T00:00:00.000Z","seq":${link.seq},"event":"AUDIT_CONTINUED"`
  const stand = Buffer.from(`${start},"prevHash":"${link.hash}","hash":"${link.hash}"}`)
  let isBegun = false
  const verifier = createVerifier({
    seal: (content) => {
      if (isBegun) return seal(content)
      isBegun = true
      return link.hash
    }
  })
  const fault = verifier.add(stand)
  if (fault !== undefined) throw new Error(fault)
  return verifier
}

/** What names the line that a check began at with `verifierAt`, or one `later`. */
const names = (number: number, later = 0) => new RegExp(`\\bline ${Math.min(number, 2) + later}\\b`)

/** What is found in these bytes, which stand where line `number` did. */
function check(bytes: Buffer, number: number): string | undefined {
  const verifier = verifierAt(number)
  const parts = bytes.toString('latin1').split('\n')
  const isTerminated = parts.at(-1) === ''
  for (const part of isTerminated ? parts.slice(0, -1) : parts) {
    const fault = verifier.add(Buffer.from(part, 'latin1'))
    if (fault !== undefined) return fault
  }
  return verifier.endFile(isTerminated)
}

/** Lines `from` to `to`, both counted from 1, with their line breaks. */
function bytesOf(from: number, to: number): Buffer {
  return Buffer.concat(lines.slice(from - 1, to).flatMap((line) => [line, newline]))
}

t.test('as it was written it is whole', async (t) => {
  t.equal(lines.length, count)
  const { code, text } = verify([file], { key })
  t.equal(code, 0)
  t.equal(text, `ok: ${count} lines, head ${count}:${links.at(-1)?.hash}\n`)
})

t.test('every line that is deleted is missed', async (t) => {
  const unnoticed = []
  for (let number = 1; number < count; number++) {
    const fault = verifierAt(number).add(lines[number] ?? newline)
    if (!names(number).test(fault ?? '')) unnoticed.push(number)
  }
  t.same(unnoticed, [])
})

t.test('every two neighbours that are swapped are noticed, and any others', async (t) => {
  const unnoticed = []
  for (let number = 1; number < count; number++) {
    const fault = verifierAt(number).add(lines[number] ?? newline)
    if (!names(number).test(fault ?? '')) unnoticed.push(number)
  }
  t.same(unnoticed, [])
  const place = fc.integer({ min: 1, max: count })
  const property = fc.property(place, place, (one, two) => {
    const first = Math.min(one, two)
    const fault = verifierAt(first).add(lines[Math.max(one, two) - 1] ?? newline)
    return one === two ? fault === undefined : names(first).test(fault ?? '')
  })
  fc.assert(property, { numRuns: 20_000 })
})

t.test('a line that is repeated or inserted is noticed', async (t) => {
  t.match(check(Buffer.concat([bytesOf(7, 7), bytesOf(7, 8)]), 7), names(7, 1))
  t.match(check(Buffer.concat([newline, bytesOf(7, 8)]), 7), names(7))
  t.match(check(Buffer.concat([bytesOf(7, 7), newline]), 7), names(7, 1))
})

/** Changes one byte of line `number`, its line break included, and looks. */
function isNoticed(number: number, position: number, value: number): boolean {
  const bytes = bytesOf(number, number + 1)
  bytes[position] = value
  return names(number).test(check(bytes, number) ?? '')
}

t.test('every other value of every byte of a line is noticed', { timeout }, async (t) => {
  for (const number of [1, 5000, count]) {
    const unnoticed = []
    const bytes = bytesOf(number, number)
    for (const [position, value] of bytes.entries()) {
      for (let more = 1; more < 256; more++) {
        const changed = (value + more) % 256
        if (!isNoticed(number, position, changed)) unnoticed.push({ number, position, changed })
      }
    }
    t.same(unnoticed, [])
  }
})

t.test('a byte that is edited anywhere is noticed', async () => {
  const property = fc.property(
    fc.integer({ min: 1, max: count }),
    fc.nat(),
    fc.integer({ min: 1, max: 255 }),
    (number, at, more) => {
      const bytes = bytesOf(number, number)
      const position = at % bytes.length
      return isNoticed(number, position, ((bytes[position] ?? 0) + more) % 256)
    }
  )
  fc.assert(property, { numRuns: 20_000 })
})

const skip = valuesPerByte > 0 ? false : 'takes minutes; AUDIT_EDITS=8 runs it'
t.test('every change of a byte of the file is noticed', { skip, timeout }, async (t) => {
  const unnoticed = []
  let edits = 0
  for (const [index, line] of lines.entries()) {
    const next = Buffer.concat([newline, lines[index + 1] ?? Buffer.alloc(0)])
    const bytes = Buffer.from(line)
    for (const [position, value] of line.entries()) {
      for (let turn = 0; turn < valuesPerByte; turn++) {
        // Single bits first.
        const changed = valuesPerByte > 8 ? (value + turn + 1) % 256 : value ^ (1 << turn)
        bytes[position] = changed
        edits++
        if (!isFound(bytes, next, index + 1, changed)) unnoticed.push({ index, position, changed })
      }
      bytes[position] = value
    }
  }
  t.same(unnoticed, [])
  t.comment(`${edits} edits`)
})

/** `isNoticed` without copies, for millions of them. */
function isFound(bytes: Buffer, next: Buffer, number: number, changed: number): boolean {
  if (changed === 10) return names(number).test(check(Buffer.concat([bytes, next]), number) ?? '')
  const verifier = verifierAt(number)
  const fault = verifier.add(bytes) ?? verifier.add(next.subarray(1)) ?? verifier.endFile(true)
  return fault?.includes(`line ${Math.min(number, 2)} was edited`) ?? false
}

t.test('every cut within the file is noticed', async () => {
  const property = fc.property(
    fc.integer({ min: 1, max: count - 3 }),
    fc.nat(),
    fc.nat(),
    (number, start, length) => {
      const bytes = bytesOf(number, number + 2)
      const line = bytesOf(number, number)
      const from = start % line.length
      const to = from + 1 + (length % (bytes.length - from))
      const rest = Buffer.concat([
        bytes.subarray(0, from),
        bytes.subarray(to),
        bytesOf(number + 3, number + 3)
      ])
      // A cut from within the end of a line to the same place in the next leaves the first whole.
      const isWhole = rest.subarray(0, line.length).equals(line)
      return names(number, isWhole ? 1 : 0).test(check(rest, number) ?? '')
    }
  )
  fc.assert(property, { numRuns: 20_000, examples: [[1001, 2147483622, 1023053107]] })
})

t.test('a tail that is cut is missed against a head noted elsewhere', async (t) => {
  const noted = `${count}:${links.at(-1)?.hash}`
  t.match(verify([file], { key, head: noted }), { code: 0 })
  for (const left of [count - 1, count - 2, 5000, 1]) {
    writeFileSync(other, bytesOf(1, left))
    t.match(verify([other], { key }), { code: 0 }, 'by itself nothing shows')
    const { code, text } = verify([other], { key, head: noted })
    t.equal(code, 1)
    t.equal(text, `the tail is cut off: the last line is number ${left}, noted was ${count}\n`)
  }
  writeFileSync(other, readFileSync(file).subarray(0, -10))
  const { code, text } = verify([other], { key })
  t.equal(code, 1)
  t.match(text, /line 10000 is cut short/)
})

/** What an editor can make of the lines from `number` on: changed, and every hash made again. */
function recompute(number: number, forged: Seal): Buffer {
  let hash = links[number - 2]?.hash ?? ''
  const rest = lines.slice(number - 1).map((line, index) => {
    const text = line
      .toString()
      .replace(/,"prevHash".*/, `,"prevHash":"${hash}"`)
      .replace(/"rate":0.05/, index === 0 ? '"rate":0.06' : '$&')
    hash = forged(text)
    return Buffer.from(`${text},"hash":"${hash}"}\n`)
  })
  return Buffer.concat([bytesOf(1, number - 1), ...rest])
}

t.test('a chain that was computed again is found by its key, or against a head', async (t) => {
  for (const forged of [createSeal(undefined), createSeal('another key')]) {
    writeFileSync(other, recompute(4321, forged))
    t.same(verify([other], { key }), { code: 1, text: `${other}: line 4321 was edited\n` })
  }
  const plain = join(folder, 'plain.jsonl')
  await writeChain(plain, 100)
  t.match(verify([plain]), { code: 0 })
  t.match(verify([plain], { key }), {
    code: 1,
    text: /line 1 was edited, or sealed with another key/
  })
  const head = linkOf(linesOf(plain).at(-1))
  const copy = join(folder, 'copy.jsonl')
  await writeChain(copy, 120)
  t.match(verify([copy]), { code: 0 }, 'without a key an editor can make a whole one')
  t.match(verify([copy], { head: `${head.seq}:${head.hash}` }), {
    code: 1,
    text: /line 100 is not/
  })
})
