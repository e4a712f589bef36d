import fc from 'fast-check'
import t from 'tap'
import { createFormatEntry } from '../src/audit/line.ts'
import type { AuditArgs } from '../src/audit.ts'
import { createRedactor, type RedactionRules, type Redactor, standardRules } from '../src/redact.ts'
import { entry } from './helpers/audit-chain.ts'
import { findForms, sensitiveKeys, shapes } from './helpers/secret-shapes.ts'

/*
 * What an audit line shows of arguments, in each mode; and ten redactors with a fault each, which
 * the same property must find. For the full proof:
 * REDACTION_RUNS=100000 node dist/test/redaction-property.test.js
 */

const numRuns = Number(process.env.REDACTION_RUNS ?? 1000)
const timeout = 3_600_000
t.setTimeout(timeout)

const letters = fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789')
const tokens = fc.string({ unit: letters, minLength: 24, maxLength: 40 })
const odd = fc.constantFrom('', '"', '\\', '\n', '%', '$&', 'é', '🔑', "'", '/', '+', '\u202e')
/** What somebody chose as a password: quotes, line breaks and all. */
const passwords = fc.tuple(odd, tokens, odd).map((parts) => parts.join(''))
const markedKeys = ['code', 'shoe_size', 'mother']
const plainKeys = ['name', 'text', 'items', 'note', 'author', 'max_tokens']

/** A part of the arguments, the secrets in it, and what is ordinary in it. */
interface Part {
  readonly value: unknown
  readonly secrets: readonly string[]
  readonly ordinary: readonly string[]
}

const plain = fc
  .string({ unit: letters, minLength: 10, maxLength: 20 })
  .map((text): Part => ({ value: `v ${text}`, secrets: [], ordinary: [text] }))
const numbers = fc
  .integer({ min: 1e12, max: 1e13 })
  .map((value): Part => ({ value, secrets: [], ordinary: [String(value)] }))
const starts = fc.constantFrom('', 'refused: ', 'GET ', '(', 'a\n')
const shaped = fc
  .tuple(fc.constantFrom(...shapes), fc.array(tokens, { minLength: 1, maxLength: 2 }), starts)
  .map(([shape, secrets, start]): Part => {
    const value = `${start}${secrets.map((secret) => shape(secret)).join(' and ')}`
    return { value, secrets, ordinary: [] }
  })
const leaves = fc.oneof(plain, numbers, shaped)

function object(fields: readonly (readonly [string, Part])[]): Part {
  return {
    value: Object.fromEntries(fields.map(([name, { value }]) => [name, value])),
    ...merge(fields.map(([, part]) => part))
  }
}

function merge(parts: readonly Part[]): Omit<Part, 'value'> {
  return {
    secrets: parts.flatMap(({ secrets }) => secrets),
    ordinary: parts.flatMap(({ ordinary }) => ordinary)
  }
}

/** A field whose name says that everything below is secret. */
const hidden = fc
  .tuple(fc.constantFrom(...sensitiveKeys, ...markedKeys), passwords, fc.constantFrom(0, 1, 2, 3))
  .map(([name, secret, depth]): readonly [string, Part] => {
    const below = [secret, [secret], { value: secret }, { deep: [{ [secret]: 1 }] }][depth]
    return [name, { value: below, secrets: [secret], ordinary: [] }]
  })
/** A field that is named by a secret. */
const named = fc
  .tuple(fc.constantFrom(...shapes), tokens)
  .map(([shape, secret]): readonly [string, Part] => [
    shape(secret),
    { value: 1, secrets: [secret], ordinary: [] }
  ])

const { tree } = fc.letrec<{ tree: Part; field: readonly [string, Part] }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'tree' },
    leaves,
    fc
      .array(tie('tree'), { maxLength: 3, depthIdentifier: 'tree' })
      .map((parts): Part => ({ value: parts.map(({ value }) => value), ...merge(parts) })),
    fc
      .uniqueArray(tie('field'), {
        maxLength: 4,
        selector: ([name]) => name,
        depthIdentifier: 'tree'
      })
      .map(object)
  ),
  field: fc.oneof(hidden, named, fc.tuple(fc.constantFrom(...plainKeys), tie('tree')))
}))
const args = fc
  .uniqueArray(fc.oneof(hidden, named, fc.tuple(fc.constantFrom(...plainKeys), tree)), {
    maxLength: 4,
    selector: ([name]) => name
  })
  .map(object)

/** What is wrong with the line that shows these arguments in this mode. */
function faultsOf(redactor: Redactor, { value, secrets, ordinary }: Part, mode: AuditArgs) {
  const line = createFormatEntry(mode, redactor)({ ...entry, args: value, sensitive: markedKeys })
  const parsed = JSON.parse(`{${line}}`) as { args?: unknown }
  const leaked = findForms(line, mode === 'redacted' ? secrets : [...secrets, ...ordinary])
  const shown = JSON.stringify(parsed.args) ?? ''
  const lost = mode === 'redacted' ? ordinary.filter((text) => !shown.includes(text)) : []
  return { leaked, lost }
}

function check(redactor: Redactor, runs: number): fc.RunDetails<[Part, AuditArgs]> {
  const modes = fc.constantFrom<AuditArgs>('redacted', 'keys', 'none')
  const property = fc.property(args, modes, (part, mode) => {
    const { leaked, lost } = faultsOf(redactor, part, mode)
    return leaked.length === 0 && lost.length === 0
  })
  return fc.check(property, { numRuns: runs })
}

t.test(`${numRuns} calls show no secret and censor nothing else`, { timeout }, async (t) => {
  const { failed, counterexample, seed } = check(createRedactor(), numRuns)
  t.notOk(failed, JSON.stringify({ seed, counterexample }))
})

function without(index: number): RedactionRules {
  return { ...standardRules, values: standardRules.values.filter((_, at) => at !== index) }
}

const standard = createRedactor()
const mutants: Readonly<Record<string, Redactor>> = {
  'no schemes of Authorization': createRedactor(without(0)),
  'no JSON web tokens': createRedactor(without(1)),
  'no prefixed keys': createRedactor(without(2)),
  'no private keys': createRedactor(without(3)),
  'no userinfo': createRedactor(without(4)),
  'no header of a text': createRedactor(without(6)),
  'no query parameters': createRedactor(without(7)),
  'no key=value': createRedactor(without(8)),
  'names in lower case only': createRedactor({
    ...standardRules,
    names: new RegExp(standardRules.names.source)
  }),
  'a hint that misses JSON web tokens': createRedactor({ ...standardRules, hint: /[=:]/ }),
  'names of fields are not searched': {
    ...standard,
    json: (value, sensitive) => showNames(standard.json(value, sensitive), value)
  },
  'marks of the schema are not heard': { ...standard, json: (value) => standard.json(value) },
  'only the first of several': {
    ...standard,
    json: createRedactor({
      ...standardRules,
      values: standardRules.values.map(
        ({ source, flags }) => new RegExp(source, flags.replace('g', ''))
      )
    }).json
  },
  'everything is censored': { ...standard, json: () => '"***REDACTED***"' }
}

function showNames(json: string, value: unknown): string {
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : []
  return names.reduce(
    (text, name) => text.replace('***REDACTED***', () => JSON.stringify(name).slice(1, -1)),
    json
  )
}

for (const [fault, redactor] of Object.entries(mutants)) {
  t.test(`the property finds the fault: ${fault}`, { timeout }, async (t) => {
    t.ok(check(redactor, 20_000).failed)
  })
}
