import { PassThrough, Writable } from 'node:stream'
import t from 'tap'
import { createLineWire } from '../transports/line-transport.ts'
import { fixture } from './helpers/executable.ts'
import { answersOf, connect, quiet } from './helpers/json-rpc.ts'
import { call, modernRequest, ping, toolCall } from './helpers/messages.ts'

/** The full size of the proof is 10485760. */
const garbageBytes = Number(process.env.GARBAGE_BYTES ?? 300_000)

/** Lines of arbitrary bytes, none of them JSON, the same in every run. */
function makeGarbage(bytes: number): { readonly bytes: Buffer; readonly lines: number } {
  const buffer = Buffer.alloc(bytes)
  let state = 0x9e3779b9
  let lines = 0
  let lineStart = 0
  for (let index = 0; index < bytes; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const byte = state >>> 24
    const isLong = index - lineStart > 40 && byte < 3
    const isEnd = isLong || index === bytes - 1
    buffer[index] = isEnd ? 0x0a : index === lineStart ? 0x23 : byte === 0x0a ? 0x20 : byte
    if (!isEnd) continue
    lines++
    lineStart = index + 1
  }
  return { bytes: buffer, lines }
}

t.test(`after ${garbageBytes} bytes of garbage lines a good call works`, async (t) => {
  const garbage = makeGarbage(garbageBytes)
  const client = connect()
  client.write(garbage.bytes)
  client.send(ping('good'))
  client.child.stdin?.end()
  const ended = await client.ended
  t.equal(ended.code, 0)
  const answers = answersOf(ended)
  t.match(
    answers.find(({ id }) => id === 'good'),
    { result: {} }
  )
  const refused = answers.filter(({ error }) => error)
  t.equal(refused.length, garbage.lines, 'each line was answered')
  t.ok(refused.every(({ id, error }) => id === null && error?.code === -32700))
})

t.test('3000 pipelined calls reach a reader that stalls at first', async (t) => {
  const env = { ...quiet, MCP_AUDIT: 'true', MCP_MAX_CONCURRENT: '10000' }
  const client = connect(['--module', fixture('gated-tools')], env)
  client.child.stdout?.pause()
  const ids = Array.from({ length: 3000 }, (_, index) => index + 1)
  client.send(...ids.map((id) => call('fill', { length: 10_000 }, id)))
  // By now three megabytes wait to be read, more than any pipe holds.
  const isBehind = (text: string) => text.split('TOOL_EXECUTE').length > 300 || undefined
  await client.stderr.pick(isBehind)
  client.child.stdout?.resume()
  client.child.stdin?.end()
  const ended = await client.ended
  t.equal(ended.code, 0)
  t.notMatch(ended.stderr, /Warning/)
  const answers = answersOf(ended)
  t.strictSame(
    answers.map(({ id }) => Number(id)).sort((a, b) => a - b),
    ids
  )
  t.ok(answers.every(({ result }) => result && !result.isError))
})

t.test('what comes behind an answer that is not read is served, not kept', async (t) => {
  const env = { ...quiet, MCP_AUDIT: 'true', MCP_MAX_CONCURRENT: '10000' }
  const client = connect(['--module', fixture('gated-tools')], env)
  client.child.stdout?.pause()
  const fill = (id: number) => modernRequest('tools/call', toolCall('fill', { length: 10_000 }), id)
  const served = (count: number) =>
    client.stderr.pick((text) => text.split('TOOL_EXECUTE').length > count || undefined)
  // More than any pipe holds, less than makes the input wait.
  const ids = Array.from({ length: 90 }, (_, index) => index + 1)
  client.send(...ids.map(fill))
  await served(ids.length)
  const notifications = { toolsListChanged: true }
  client.send(modernRequest('subscriptions/listen', { notifications }, 'listen'), fill(91))
  await served(ids.length + 1)
  t.notMatch(client.stdout.text, 'acknowledged')
  client.child.stdout?.resume()
  t.match(await client.answer(91), { result: {} })
  client.child.stdin?.end()
  t.equal((await client.ended).code, 0)
})

t.test('above a mark of unread output the input waits, and goes on below it', async (t) => {
  const input = new PassThrough()
  let drain: () => void = () => {}
  const output = new Writable({
    highWaterMark: 1,
    write(_chunk, _encoding, done) {
      drain = done
    }
  })
  const answer = 'x'.repeat(100)
  const wire = createLineWire({ input, output }, 10_000, {
    onFrame: () => wire.write(answer),
    onEnd: () => {},
    onError: (error) => t.error(error)
  })
  wire.start?.()
  // Each line is answered with a hundred bytes.
  const pushUntilPaused = async () => {
    while (!input.isPaused() && output.writableLength < 10_000_000) {
      input.write('?\n'.repeat(1000))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await pushUntilPaused()
  t.ok(input.isPaused())
  t.ok(output.writableLength < 2_000_000)
  while (output.writableLength > 0) {
    drain()
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.notOk(input.isPaused())
})
