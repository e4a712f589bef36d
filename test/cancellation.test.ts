import { getEventListeners, once } from 'node:events'
import t from 'tap'
import { createCancellation, followSignal } from '../src/call/cancellation.ts'

t.test('a deadline fires the signal and says timeout', async (t) => {
  const call = createCancellation()
  const fired = once(call.signal, 'abort')
  t.equal(call.cause, undefined)
  t.notOk(call.signal.aborted)
  call.stop('timeout')
  await fired
  t.equal(call.cause, 'timeout')
  t.match(call.signal.reason, { name: 'TimeoutError', message: 'deadline reached' })
})

t.test('a signal asked for afterwards has fired already', async (t) => {
  const call = createCancellation()
  call.stop('cancelled')
  t.ok(call.signal.aborted)
  t.match(call.signal.reason, { message: 'client cancelled' })
  t.equal(call.signal, call.signal)
})

t.test('the first cause counts, and each listener hears it once', async (t) => {
  const call = createCancellation()
  const heard: string[] = []
  call.onStop((cause) => heard.push(`early ${cause}`))
  const forget = call.onStop(() => heard.push('forgotten'))
  forget()
  call.stop('timeout')
  call.stop('cancelled')
  call.onStop((cause) => heard.push(`late ${cause}`))
  t.strictSame(heard, ['early timeout', 'late timeout'])
})

t.test('it follows a signal, with words of its own', async (t) => {
  const client = new AbortController()
  const call = followSignal(client.signal)
  client.abort(new Error('a text of the client'))
  t.equal(call.cause, 'cancelled')
  t.match(call.signal.reason, { message: 'client cancelled' })
  t.equal(getEventListeners(client.signal, 'abort').length, 0)
  t.equal(followSignal(AbortSignal.abort()).cause, 'cancelled')
})
