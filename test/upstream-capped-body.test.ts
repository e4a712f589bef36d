import t from 'tap'
import { capResponse } from '../tools/upstream/link/capped-body.ts'
import { createPace } from '../tools/upstream/link/pace.ts'

/* No answer of a server is held beyond its cap, whatever it calls itself. */

const maxBytes = 1000

/** A body that goes on for as long as it is read, and says how far that was. */
function endless(text: string, { status = 200, type = 'text/event-stream' } = {}) {
  const sent = { bytes: 0 }
  const chunk = new TextEncoder().encode(text)
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent.bytes += chunk.length
      if (sent.bytes > 100_000) controller.close()
      else controller.enqueue(chunk)
    }
  })
  const headers = { 'content-type': type }
  return { sent, response: new Response(body, { status, headers }) }
}

async function drain({ body }: Response): Promise<number> {
  let bytes = 0
  for await (const chunk of body ?? []) bytes += (chunk as Uint8Array).length
  return bytes
}

for (const [name, end] of Object.entries({ LF: '\n', CR: '\r', 'CR LF': '\r\n' })) {
  t.test(`an event of lines that end in ${name} is capped as a whole`, async (t) => {
    const { response } = endless(`data: more${end}`)
    await t.rejects(drain(capResponse(response, maxBytes, true)), /too large/)
  })

  t.test(`events that end in ${name} may be many`, async (t) => {
    const { response } = endless(`data: ${'x'.repeat(900)}${end}${end}`)
    t.ok((await drain(capResponse(response, maxBytes, true))) > 50 * maxBytes)
  })
}

t.test('what is read as a whole is no endless stream', async (t) => {
  const event = 'data: one\n\n'
  const stream = endless(event)
  t.equal(await capResponse(stream.response, maxBytes, true).text(), '')
  t.ok(stream.sent.bytes < maxBytes, `${stream.sent.bytes} bytes were read`)
  for (const [what, options] of Object.entries({
    'an error': { status: 500 },
    'a confirmation': { status: 202 },
    'another type': { type: 'text/event-stream-of-mine' }
  })) {
    const { response } = endless(event, options)
    await t.rejects(capResponse(response, maxBytes, true).text(), /too large/, what)
  }
  await t.rejects(capResponse(endless(event).response, maxBytes, false).arrayBuffer(), /too large/)
})

t.test('more than so many messages a second have to wait for the next', async (t) => {
  let nowMs = 0
  const pace = createPace(() => nowMs)
  t.equal(pace(500), 0)
  nowMs = 400
  t.equal(pace(1), 600)
  nowMs = 1000
  t.equal(pace(500), 0, 'the next second')
  nowMs = 5000
  t.equal(pace(900), 1000, 'what comes at once is taken, and then no more')
})
