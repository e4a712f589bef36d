import t from 'tap'
import { settingsSchema } from '../src/settings.ts'
import { dispatcherOf } from './helpers/dispatcher.ts'
import { context, mountDemo } from './helpers/shiftwork.ts'

const demo = await mountDemo()
t.teardown(demo.close)
const defaults = settingsSchema.parse({})

t.test('HG-14: each method has the rate of the guide, per caller', async (t) => {
  t.match(defaults.limits, {
    perMinute: 100,
    burst: 10,
    methods: {
      'tools/call': { perMinute: 60, burst: 10 },
      'resources/read': { perMinute: 120, burst: 20 },
      'prompts/get': { perMinute: 30, burst: 5 }
    }
  })
  const dispatcher = dispatcherOf(demo.source, { config: defaults })
  const ask = (id: string) =>
    dispatcher.getPrompt('kiosk_readiness_check', new Map([['company_id', 'harbor-cafe']]), {
      ...context,
      principal: { id, kind: 'key' }
    })
  for (let turn = 0; turn < 5; turn++) await ask('one')
  const refusal = await ask('one').catch((error: unknown) => error)
  t.match(refusal, { data: { retryAfterMs: Number } })
  await t.resolves(ask('other'))
})

t.test('HG-15: only what the list allows is read', async (t) => {
  t.match(defaults.resources.allow, [
    'resources://users/*',
    'resources://events/*',
    'resources://notifications/*'
  ])
  const resources = { ...defaults.resources, allow: ['resources://events/*'] }
  const dispatcher = dispatcherOf(demo.source, { config: { ...defaults, resources } })
  await t.resolves(dispatcher.readResource('resources://events/e2', context))
  await t.rejects(dispatcher.readResource('resources://users/1', context))
})

t.test('HG-16: a resource larger than the limit is refused', async (t) => {
  t.equal(defaults.resources.maxBytes, 1_048_576)
  const small = { ...defaults, resources: { ...defaults.resources, maxBytes: 600 } }
  const dispatcher = dispatcherOf(demo.source, { config: small })
  await t.resolves(dispatcher.readResource('resources://users/1', context))
  await t.rejects(dispatcher.readResource('resources://users/1/events', context), /600 bytes/)
})
