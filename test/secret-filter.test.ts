import fc from 'fast-check'
import t from 'tap'
import { loadConfig } from '../src/config.ts'
import { createSecretFilter } from '../src/output/secret-filter.ts'
import { listSecrets } from '../src/settings/secrets.ts'
import { directFormsOf, findForms } from './helpers/secret-shapes.ts'

/*
 * The second line of defence: the process's own secrets, in whatever form, in whatever text.
 * REDACTION_RUNS=100000 node dist/test/secret-filter.test.js
 */

const numRuns = Number(process.env.REDACTION_RUNS ?? 1000)
t.setTimeout(3_600_000)

const token = fc.string({
  unit: fc.constantFrom(...'abcXYZ0189+/=_-.~'),
  minLength: 12,
  maxLength: 60
})
const chosen = fc.string({ unit: 'binary', minLength: 12, maxLength: 40 })
const secrets = fc.array(fc.oneof(token, chosen), { minLength: 1, maxLength: 4 })
const around = fc.string({ unit: fc.constantFrom(...'xyz {}":,/&='), maxLength: 20 })

t.test('no form of a secret passes', { timeout: 3_600_000 }, async () => {
  const property = fc.property(secrets, around, around, fc.nat(), (held, before, after, pick) => {
    const filter = createSecretFilter(held)
    const forms = held.flatMap(directFormsOf)
    const text = `${before}${forms[pick % forms.length]}${after}`
    const clean = filter.clean(text)
    return findForms(clean, held).length === 0 && filter.hits() > 0
  })
  fc.assert(property, { numRuns })
})

t.test(
  'in the middle of other bytes, base64 and hex hide nothing',
  { timeout: 3_600_000 },
  async () => {
    const encodings = fc.constantFrom<BufferEncoding>('base64', 'base64url', 'hex')
    const property = fc.property(
      fc.oneof(token, chosen),
      around,
      around,
      encodings,
      (held, before, after, encoding) => {
        const filter = createSecretFilter([held])
        const text = Buffer.from(before + held + after).toString(encoding)
        return findForms(filter.clean(text), [held]).length === 0 && filter.hits() > 0
      }
    )
    fc.assert(property, { numRuns })
  }
)

t.test('other text stays as it is', async (t) => {
  const filter = createSecretFilter(['a-key-of-the-server-$&.*', 'short'])
  const text = 'short: a-key-of-the-serve {"a":"$& $1"}'
  t.equal(filter.clean(text), text)
  t.equal(createSecretFilter().clean(text), text)
  t.equal(filter.hits(), 0)
  filter.add(['added-later'])
  t.equal(filter.clean('<added-later>'), '<***REDACTED***>')
  t.equal(filter.hits(), 1)
})

t.test('every secret of a configuration is known', async (t) => {
  const { config } = loadConfig({
    flags: new Map(),
    env: {
      MCP_AUTH_TOKEN: 'the token of auth',
      API_AUTH_TOKEN: 'the token of api',
      FROM_ENV: 'the token of a'
    },
    file: {
      auth: { apiKeys: ['key one', { env: 'FROM_ENV' }] },
      audit: { key: { file: '/audit' } },
      api: { baseUrl: 'https://user:the%20password@example.com/a?api_key=the-parameter&page=2' },
      apis: [
        { name: 'a', openapi: 'a', credential: { mode: 'service', token: { env: 'FROM_ENV' } } },
        {
          name: 'b',
          openapi: 'b',
          credential: { mode: 'service', scheme: 'basic', user: 'u', password: { file: '/b' } }
        },
        {
          name: 'c',
          openapi: 'https://the-name-alone@example.com',
          credential: { mode: 'service', scheme: 'oauth2', clientSecret: 'plain' }
        }
      ]
    },
    readSecret: () => 'the key of audit'
  })
  const files: Readonly<Record<string, string>> = {
    '/b': 'the password of b'
  }
  const found = listSecrets(config, (reference) =>
    'env' in reference ? 'the token of a' : files[reference.file]
  )
  t.same(found.toSorted(), [
    'key one',
    'plain',
    'the key of audit',
    'the password',
    'the password of b',
    'the token of a',
    'the token of api',
    'the token of auth',
    'the-name-alone',
    'the-parameter'
  ])
})
