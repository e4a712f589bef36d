import { getEventListeners, once } from 'node:events'
import t from 'tap'
import { openDeadline } from '../src/deadline.ts'

const longMs = 3_600_000

t.test('the time limit fires the signal and says timeout', async (t) => {
  const client = new AbortController()
  const deadline = openDeadline(client.signal, 1)
  t.notOk(deadline.signal.aborted)
  t.equal(await deadline.stopped, 'timeout')
  t.ok(deadline.signal.aborted)
  t.match(deadline.signal.reason, { message: 'deadline reached' })
  t.notOk(client.signal.aborted, 'the client is not aborted')
  deadline.close()
})

t.test('a client that gives up fires it and says cancelled', async (t) => {
  const client = new AbortController()
  const deadline = openDeadline(client.signal, longMs)
  const fired = once(deadline.signal, 'abort')
  client.abort(new Error('a text of the client'))
  await fired
  t.equal(await deadline.stopped, 'cancelled')
  t.match(deadline.signal.reason, { message: 'client cancelled' })
  deadline.close()
})

t.test('a client that was gone before is cancelled at once', async (t) => {
  const deadline = openDeadline(AbortSignal.abort(), longMs)
  t.ok(deadline.signal.aborted)
  t.equal(await deadline.stopped, 'cancelled')
  deadline.close()
})

t.test('the first cause counts', async (t) => {
  const client = new AbortController()
  const deadline = openDeadline(client.signal, 1)
  await deadline.stopped
  client.abort()
  t.equal(await deadline.stopped, 'timeout')
  t.match(deadline.signal.reason, { message: 'deadline reached' })
  deadline.close()
})

t.test('closed, it lets go of the client and never fires', async (t) => {
  const client = new AbortController()
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const deadline = openDeadline(client.signal, longMs)
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  t.equal(timers(), before + 1)
  deadline.close()
  t.equal(timers(), before, 'no timer keeps the process')
  t.equal(getEventListeners(client.signal, 'abort').length, 0)
  client.abort()
  t.notOk(deadline.signal.aborted)
})
