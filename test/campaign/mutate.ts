import type { Random } from './random.ts'

/** What JSON, JSON-RPC and MCP readers are known to stumble over. */
const fragments = [
  '"__proto__":{"x":1},',
  '"constructor":{"prototype":{}},',
  '"jsonrpc":"2.0",',
  '"id":1e999,',
  '"id":{},',
  '"method":"tools/list",',
  '"params":[],',
  '"_meta":{},',
  '\\u0000',
  '\\ud800',
  '\u2028',
  '\ufeff',
  '\u0000',
  '[[[[[[[[[[[[[[[[',
  '{"a":'.repeat(70),
  '['.repeat(300),
  '1e309',
  '-0',
  '9007199254740993',
  'NaN',
  'null',
  'true',
  '""',
  '{}',
  '[]',
  '/*',
  '//',
  '\r\n',
  '\n',
  ',,',
  `"${'k'.repeat(5000)}"`
] as const

type Step = (text: string, random: Random) => string

const place = (text: string, random: Random): number => random.below(text.length + 1)

/** Changes that mostly leave no JSON behind. */
const rough: readonly Step[] = [
  (text, random) => {
    const at = place(text, random)
    return text.slice(0, at) + random.pick(fragments) + text.slice(at)
  },
  (text, random) => text.slice(0, place(text, random)),
  (text, random) => {
    const at = place(text, random)
    return text.slice(0, at) + text.slice(at + 1 + random.below(8))
  },
  (text, random) => {
    const at = place(text, random)
    const code = random.below(random.next() < 0.8 ? 128 : 0x1_0000)
    return text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1)
  },
  (text, random) => {
    const [from, to] = [place(text, random), place(text, random)].sort((a, b) => a - b)
    return text.slice(0, to) + text.slice(from, to) + text.slice(to)
  }
]

const values = [
  'null',
  'true',
  '0',
  '-0',
  '1e309',
  '1.5',
  '""',
  '"x"',
  '[]',
  '{}',
  '[[]]',
  '"\\ud800"'
]
const keys = [
  '"__proto__"',
  '"method"',
  '"id"',
  '"params"',
  '"name"',
  '"arguments"',
  '"_meta"',
  '""'
]

/** Changes after which it is still JSON: a value for a value, a key for a key, one member more. */
const fine: readonly Step[] = [
  (text, random) =>
    replaceOne(text, /"[^"]*"(?=[,}\]])|\b-?\d+(?:\.\d+)?\b(?=[,}\]])|\{\}|\[\]/g, random, values),
  (text, random) => replaceOne(text, /"[^"]*"(?=:)/g, random, keys),
  (text, random) =>
    replaceOne(text, /\{(?=")/g, random, [`{${random.pick(keys)}:${random.pick(values)},`]),
  (text, random) =>
    replaceOne(text, /\}/g, random, [`,${random.pick(keys)}:${random.pick(values)}}`])
]

function replaceOne(
  text: string,
  pattern: RegExp,
  random: Random,
  replacements: readonly string[]
): string {
  const matches = [...text.matchAll(pattern)]
  if (matches.length === 0) return text
  const match = random.pick(matches)
  const end = match.index + match[0].length
  return text.slice(0, match.index) + random.pick(replacements) + text.slice(end)
}

/** One to four changes, of either kind. */
export function mutate(text: string, random: Random): string {
  const steps = random.next() < 0.6 ? fine : rough
  const count = 1 + random.below(random.next() < 0.5 ? 1 : 4)
  let changed = text
  for (let left = count; left > 0; left--) changed = random.pick(steps)(changed, random)
  return changed
}
