import { readFileSync } from 'node:fs'

// From dist/test/campaign, where this file runs.
const corpus = new URL('../../../test/campaign/corpus/bodies.jsonl', import.meta.url)

/**
 * Bodies written by hand that must execute nothing: one a line, as a JSON string or, where they are
 * no text, as base64. `{{call}}` stands for a good call, which the rest of the line spoils.
 */
export function handWrittenBodies(callWith: (nonce: string) => string): readonly Buffer[] {
  const lines = readFileSync(corpus, 'utf8').trim().split('\n')
  const written = lines.map((line, index) => {
    const body = JSON.parse(line) as string | { bytes: string }
    if (typeof body !== 'string') return Buffer.from(body.bytes, 'base64')
    const nonce = `line ${index + 1}`
    return Buffer.from(body.replaceAll('{{call}}', callWith(nonce)).replaceAll('NONCE', nonce))
  })
  const sized = [...deep(callWith('deep')), ...large]
  return [...written, ...sized.map((text) => Buffer.from(text))]
}

function deep(call: string): readonly string[] {
  const nested = [65, 100, 1000, 9000, 100_000].flatMap((depth) => [
    '['.repeat(depth),
    '['.repeat(depth) + ']'.repeat(depth),
    '{"a":'.repeat(depth),
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    call.replace('{"nonce"', `{"deep":${'['.repeat(depth)}${']'.repeat(depth)},"nonce"`)
  ])
  const keys = Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`)
  return [
    ...nested,
    '['.repeat(1_000_000),
    `[${'[],'.repeat(200_000)}1]`,
    `{${keys.join()}}`,
    `[${'1,'.repeat(300_000)}1]`
  ]
}

const large: readonly string[] = [
  'x'.repeat(1_048_577),
  `"${'x'.repeat(1_048_570)}"`,
  `{"a":"${'\\u0041'.repeat(170_000)}"}`,
  '1'.repeat(1_000_000),
  `-${'9'.repeat(100_000)}`,
  `1e${'9'.repeat(100_000)}`,
  `0.${'1'.repeat(500_000)}`,
  `"${'\\'.repeat(1_000_000)}"`,
  ' '.repeat(1_048_576)
]
