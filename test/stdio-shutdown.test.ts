import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fixture, startByParent, startWith } from './helpers/executable.ts'
import { createGate, type Gate } from './helpers/gate.ts'
import { answersOf, type Client, connect, quiet, speak } from './helpers/json-rpc.ts'
import { call, initialize, ping } from './helpers/messages.ts'

const gated = ['--module', fixture('gated-tools')]
const ids = Array.from({ length: 20 }, (_, index) => index + 1)
/** Less than the grace period of 10 s: whoever waits for that does not end at once. */
const promptly = () => ({ timeout: 40_000 })

/** A client with twenty calls that wait at the gate. */
async function connectBusy(t: {
  teardown(fn: () => unknown): void
}): Promise<{ client: Client; gate: Gate }> {
  const gate = await createGate()
  t.teardown(gate.close)
  const client = connect(gated, gate.env)
  client.send(initialize(0), ...ids.map((id) => call('wait_at_gate', { name: `${id}` }, id)))
  await gate.reached(ids.length)
  return { client, gate }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`${signal} with 20 calls in flight: 20 answers, nothing new, exit 0`, async (t) => {
    const { client, gate } = await connectBusy(t)
    client.child.kill(signal)
    await client.stderr.until(/shutting down/)
    client.send(ping('too late'))
    gate.open()
    const ended = await client.ended
    t.equal(ended.code, 0)
    const answers = answersOf(ended).filter(({ id }) => id !== 0)
    t.strictSame(
      answers.map(({ id }) => Number(id)).sort((a, b) => a - b),
      ids
    )
    for (const { id, result } of answers) {
      t.match(result, { content: [{ text: `passed ${id}` }] }, `answer ${id}`)
    }
  })
}

t.test('the end of input after SIGTERM costs no answer', async (t) => {
  const { client, gate } = await connectBusy(t)
  client.child.kill('SIGTERM')
  await client.stderr.until(/shutting down/)
  client.child.stdin?.end()
  gate.open()
  const ended = await client.ended
  t.equal(ended.code, 0)
  t.equal(answersOf(ended).length, 1 + ids.length)
})

t.test('a call that never ends is answered at its deadline', promptly(), async (t) => {
  const gate = await createGate()
  t.teardown(gate.close)
  const client = connect(gated, { ...gate.env, MCP_DEFAULT_TIMEOUT: '0.2' })
  client.send(call('wait_at_gate', { name: 'for ever' }, 'stuck'))
  client.child.stdin?.end()
  const ended = await client.ended
  t.equal(ended.code, 0)
  t.match(answersOf(ended), [{ id: 'stuck', result: { isError: true } }])
})

t.test('or when the grace period is over', { timeout: 25_000 }, async (t) => {
  const gate = await createGate()
  t.teardown(gate.close)
  const client = connect(gated, gate.env)
  client.send(call('wait_at_gate', { name: 'for long' }, 'stuck'))
  await gate.reached(1)
  client.child.kill('SIGTERM')
  const ended = await client.ended
  t.match(
    answersOf(ended).map(({ id }) => id),
    ['stuck'],
    'silence is no answer'
  )
})

t.test('a second SIGTERM ends the process at once', promptly(), async (t) => {
  const { client, gate } = await connectBusy(t)
  client.child.kill('SIGTERM')
  await client.stderr.until(/shutting down/)
  client.child.kill('SIGTERM')
  const ended = await client.ended
  t.not(ended.code, 0)
  t.equal(answersOf(ended).length, 1, 'nobody passed the gate')
  await gate.left(ids.length)
})

t.test('a reader that goes away ends the process', promptly(), async (t) => {
  const client = connect()
  client.send(ping(1))
  await client.answer(1)
  client.child.stdout?.destroy()
  client.send(ping(2))
  const { code, stderr } = await client.ended
  t.equal(code, 1)
  t.match(stderr, /EPIPE/)
})

t.test('also while calls are in flight, whose answers nobody can read', promptly(), async (t) => {
  const { client } = await connectBusy(t)
  client.child.stdout?.destroy()
  client.send(ping('unread'))
  t.equal((await client.ended).code, 1)
})

const devFull = '/dev/full'
const noDevFull = existsSync(devFull) ? false : `${devFull} is missing`
t.test(
  'a full disk behind stdout ends the process with a message and 1',
  {
    ...promptly(),
    skip: noDevFull
  },
  async (t) => {
    const full = openSync(devFull, 'w')
    const running = startWith(['pipe', full, 'pipe'], [], quiet)
    running.write(`${JSON.stringify(ping(1))}\n`)
    const { code, stderr } = await running.ended
    t.equal(code, 1)
    t.match(stderr, /ENOSPC/)
  }
)

// The grandchild holds stdout and stderr, too, so `ended` means that it is gone as well.
t.test('when the parent dies, its end of the pipe ends the process', promptly(), async (t) => {
  const client = speak(startByParent({ ...quiet, HOLD_INPUT: 'true' }))
  client.send(ping(1))
  t.match(await client.answer(1), { result: {} })
  client.child.kill('SIGKILL')
  t.equal((await client.ended).signal, 'SIGKILL')
})

t.test('also when somebody else holds the pipe open', { timeout: 20_000 }, async (t) => {
  const fifo = join(t.testdir({}), 'input')
  spawnSync('mkfifo', [fifo])
  // Open for reading and writing, here, until the test is over: nobody sees an end of input.
  const input = openSync(fifo, 'r+')
  t.teardown(() => closeSync(input))
  const client = speak(startByParent(quiet, [input, 'pipe', 'pipe']))
  writeSync(input, `${JSON.stringify(ping(1))}\n`)
  t.match(await client.answer(1), { result: {} })
  client.child.kill('SIGKILL')
  t.equal((await client.ended).signal, 'SIGKILL')
})
