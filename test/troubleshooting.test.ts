import t from 'tap'
import { quotedIn, readPage, readSources } from './helpers/documents.ts'

/** Texts that the source puts together from pieces in several lines read as one. */
const sources = readSources()
  .replace(/['`"] \+\n\s*['`"]/g, '')
  .replaceAll("\\'", "'")

const page = readPage('troubleshooting')
const [ours = '', others = ''] = page.split('## Symptoms without a text')

/** The first cell of every row of a part, without headings. */
function firstCells(part: string): readonly string[] {
  return part
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:text|symptom) \|/.test(line))
    .map((line) => line.split(' | ')[0]?.slice(2) ?? '')
}

t.test('every text that is quoted as ours stands in the source', async (t) => {
  const texts = firstCells(ours).flatMap(quotedIn)
  t.ok(texts.length > 50, `${texts.length} texts`)
  for (const text of texts) t.ok(sources.includes(text), text)
})

t.test('a row begins with one text of ours, or with a symptom', async (t) => {
  for (const cell of firstCells(ours)) t.match(cell, /^`[^`]+`$/, cell)
  t.ok(firstCells(others).length > 8)
})

t.test('every public text that a client can be refused with is explained', async (t) => {
  const explained = firstCells(ours).flatMap(quotedIn)
  const rare = [
    'Parse error',
    'Invalid request',
    'Too many requests: slow down',
    'no free slot for this request',
    'Unknown resource',
    'Unknown prompt',
    'Invalid parameters',
    'Invalid cursor',
    'The request ran into',
    'The request was cancelled',
    'The result is too large.',
    // From a loop that is stalled: the page on incidents has it.
    'The server is overloaded'
  ]
  const table = /const table = \{([\s\S]*?)\} as const/.exec(sources)?.[1] ?? ''
  const texts = [...table.matchAll(/text: '([^']+)'/g)].map(([, text = '']) => text)
  t.ok(texts.length > 25)
  for (const text of texts) {
    if (rare.some((part) => text.includes(part))) continue
    t.ok(explained.includes(text), text)
  }
})

t.test('BM-47: the five symptoms of the old guide', async (t) => {
  const symptoms = firstCells(others)
  for (const symptom of [
    /^streams end/,
    /^a browser says CORS/,
    /^memory grows/,
    /^connection refused/
  ]) {
    t.equal(symptoms.filter((cell) => symptom.test(cell)).length, 1, String(symptom))
  }
  const refused = ours.split('## A client is refused')[1] ?? ''
  t.match(refused, /`Authentication required: /, '401 without a key')
  t.match(refused, 'the log says "invalid API key"', '401 with a wrong one')
  t.match(others, /a browser says CORS .* must be 204/)
})
