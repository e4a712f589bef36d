import t from 'tap'
import { startGateway } from './helpers/gateway.ts'
import { type Answer, send } from './helpers/http.ts'
import { modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'
import { keyOf } from './helpers/principals.ts'
import { startV1, startV2 } from './helpers/real-upstreams.ts'

/* Many callers through one connection: answers find their callers, and no credential goes through. */

const callers = Number(process.env.MOUNT_CALLERS ?? 50)
const callsEach = Number(process.env.MOUNT_CALLS ?? 2)

const v1 = await startV1()
const v2 = await startV2()
const { app, close } = await startGateway({ v1, v2 })
t.teardown(close)

const traceId = '0af7651916cd43dd8448eb211c80319c'

/** Every caller uses the same ids. */
async function call(name: string, text: string, id: number): Promise<Answer> {
  const meta = {
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    'com.example/mine': text,
    'io.modelcontextprotocol/odd': 'stays here'
  }
  const body = modernRequest('tools/call', toolCall(name, { text }), id, meta)
  const headers = { ...modernHeaders(body), cookie: 'session=cookie-of-the-caller' }
  return send(app.url, { headers, body })
}

for (const [server, { bytes = () => '' }] of Object.entries({ v1, v2 })) {
  t.test(`${callers} callers through ${server} with equal ids`, async (t) => {
    const calls = Array.from({ length: callers * callsEach }, (_, index) => {
      const caller = index % callers
      return { text: `caller ${caller}, call ${index}`, id: Math.floor(index / callers) }
    })
    const answers = await Promise.all(
      calls.map(({ text, id }) => call(`${server}__echo`, text, id))
    )
    const foreign = answers.filter(({ text }, index) => {
      const { id, result } = JSON.parse(text)
      const asked = calls[index]
      return id !== asked?.id || result?.structuredContent?.text !== asked?.text
    })
    t.equal(foreign.length, 0, 'foreign answers')
    const seen = bytes()
    t.ok(seen.includes('caller 0, call 0'), 'what is searched is what came')
    t.notOk(seen.includes(keyOf('full')), 'the credential')
    t.notMatch(seen, /authorization|cookie|x-api-key/i)
    t.ok(seen.includes(traceId), 'the trace goes on')
    t.notOk(seen.includes('stays here'), 'what is between the caller and us')
    t.ok(seen.includes('com.example/mine'), 'so does what the caller adds to _meta')
  })
}
