import t from 'tap'
import { fixture } from './helpers/executable.ts'
import { answersOf, connect } from './helpers/json-rpc.ts'
import { call, initialize } from './helpers/messages.ts'

const noisy = ['--module', fixture('noisy-tools')]

/** Calls one tool of the noisy module; returns the answers, which is all that stdout may hold. */
async function callNoisy(tool: string, env: Readonly<Record<string, string>> = {}) {
  const client = connect(noisy, env)
  client.send(initialize(1), call(tool, {}, 2))
  client.child.stdin?.end()
  return client.ended
}

for (const [title, tool, env, strays] of [
  [
    'console and process.stdout during and after a call',
    'make_noise',
    {},
    ['log', 'info', 'debug', 'write', 'bytes', 'write with callback', "'dir'", "'table'"]
  ],
  ['a write function that was taken at import', 'use_early_write', {}, ['early write']],
  [
    'console and process.stdout while the module is loaded',
    'make_noise',
    { NOISY_IMPORT: 'true' },
    ['import log', 'import write']
  ]
] as const) {
  t.test(`${title}: never on stdout, always on stderr`, async (t) => {
    const ended = await callNoisy(tool, env)
    t.equal(ended.code, 0)
    t.notMatch(ended.stdout, /stray/)
    for (const stray of strays) t.match(ended.stderr, stray)
    const answers = answersOf(ended)
    t.strictSame(
      answers.map(({ id }) => id),
      [1, 2]
    )
    t.match(answers[1], { result: { content: [{ type: 'text', text: 'done' }] } })
  })
}
