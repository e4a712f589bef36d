import t, { type Test } from 'tap'
import { createContext, request } from './helpers/api-client.ts'
import { service, start } from './helpers/credential-client.ts'
import { type Fault, hang, reply, reset, startFaultServer } from './helpers/fault-server.ts'

async function startOAuth(t: Test, answer: Fault) {
  const authority = await startFaultServer(answer)
  t.teardown(() => authority.close())
  const api = await start(
    t,
    service({
      scheme: 'oauth2',
      tokenUrl: `${authority.origin}/token`,
      clientId: 'client id',
      clientSecret: 'canary:s+cret',
      scopes: ['read', 'write']
    })
  )
  return { authority, ...api }
}

/** Tokens t0, t1, … */
function tokens(more: object = {}): Fault {
  let next = 0
  return (socket, seen) =>
    reply(
      200,
      JSON.stringify({ access_token: `t${next++}`, token_type: 'Bearer', expires_in: 600, ...more })
    )(socket, seen)
}

t.test(
  'client credentials: one token for many calls, renewed shortly before its end',
  async (t) => {
    const { authority, server, call, time } = await startOAuth(t, tokens())
    await Promise.all(Array.from({ length: 20 }, () => call()))
    t.equal(authority.seen.length, 1, 'one request at a time')
    const [asked] = authority.seen
    t.match(asked, { method: 'POST', target: '/token' })
    t.equal(asked?.body, 'grant_type=client_credentials&scope=read+write')
    t.equal(
      asked?.headers.get('authorization'),
      `Basic ${Buffer.from('client+id:canary%3As%2Bcret').toString('base64')}`
    )
    t.ok(server.seen.every(({ headers }) => headers.get('authorization') === 'Bearer t0'))
    time.advance(569_000)
    await call()
    t.equal(authority.seen.length, 1)
    time.advance(1_000)
    await call()
    t.equal(server.seen.at(-1)?.headers.get('authorization'), 'Bearer t1')
  }
)

t.test('a token that the API refused is not used again', async (t) => {
  const { authority, server, call, client } = await startOAuth(t, tokens())
  const sent = () => server.seen.map(({ headers }) => headers.get('authorization'))
  server.answerWith((socket, seen) => {
    const isRevoked = seen.headers.get('authorization') === 'Bearer t0'
    reply(isRevoked ? 401 : 200, '{}')(socket, seen)
  })
  t.equal((await call()).status, 200, 'a read goes out again with a new token')
  t.same(sent(), ['Bearer t0', 'Bearer t1'])
  t.equal(authority.seen.length, 2)

  server.answerWith(reply(401, '{}'))
  t.equal((await call()).status, 401)
  t.same(sent().slice(2), ['Bearer t1', 'Bearer t2'], 'once, not for ever')

  const write = await client.send(request(server.origin, 'POST'), createContext())
  t.equal(write.status, 401)
  t.same(sent().slice(4), ['Bearer t3'], 'a write is sent once')
  server.answerWith(reply(200, '{}'))
  await call()
  t.equal(sent().at(-1), 'Bearer t4')
})

t.test('no token, no call; and nothing secret is said or logged', async (t) => {
  const { authority, server, call, lines } = await startOAuth(t, hang)
  const faults: Fault[] = [
    reset,
    reply(401, '{"error":"invalid_client canary"}'),
    reply(200, 'canary'),
    reply(200, '{}'),
    reply(200, '{"access_token":"canary\\n"}'),
    reply(200, '{"access_token":"canary","token_type":"mac"}'),
    reply(302, '', { location: 'http://127.0.0.1:1/canary' }),
    reply(200, `{"access_token":"${'c'.repeat(70_000)}"}`)
  ]
  for (const fault of faults) {
    authority.answerWith(fault)
    const error = (await call().catch((each: unknown) => each)) as Error
    t.match(error, { name: 'ToolError', message: /authorization server gave no token/ })
    t.notMatch(error.message, /canary|127\.0\.0\.1/)
  }
  t.equal(server.seen.length, 0)
  t.equal(lines.length, faults.length)
  t.notMatch(JSON.stringify(lines), /canary|127\.0\.0\.1/)
  authority.answerWith(tokens({ expires_in: 'soon' }))
  t.equal((await call()).status, 200, 'and it recovers')
})

t.test('a caller who leaves does not take the token from the others', async (t) => {
  const { authority, call } = await startOAuth(t, hang)
  const controller = new AbortController()
  const arrived = new Promise<() => void>((resolve) => {
    authority.answerWith((socket, seen) => resolve(() => tokens()(socket, seen)))
  })
  const left = call(createContext({ signal: controller.signal }))
  const stayed = call()
  const answer = await arrived
  controller.abort(new Error('left'))
  await t.rejects(left, { message: 'left' })
  answer()
  t.equal((await stayed).status, 200)
})
