import t, { type Test } from 'tap'
import type { WebSocket } from 'ws'
import { type Headers, json, type Probe, scoped, table, versioned } from './helpers/access-table.ts'
import { startApp } from './helpers/app.ts'
import { allCarriers } from './helpers/carriers.ts'
import { type CredentialState, listStates } from './helpers/credential-states.ts'
import { type Answer, type EventStream, openStream, type Sent, send } from './helpers/http.ts'
import { audience, startIssuer } from './helpers/issuer.ts'
import { initialize, modernRequest, request } from './helpers/messages.ts'
import { keyOf } from './helpers/principals.ts'
import { watchRoutes } from './helpers/routes.ts'
import { exchange, tryUpgrade } from './helpers/websocket.ts'

/*
 * Every route x method x credential x era. The table is compared with the routes that Fastify
 * has: who adds a route without saying there who may use it, fails.
 */

const issuer = await startIssuer()
const watched = watchRoutes()
const app = await startApp({
  ...allCarriers,
  auth: { jwt: issuer.settings },
  limits: { enabled: false }
})
watched.stop()
t.teardown(async () => {
  await app.close(0)
  await issuer.close()
})
const states = await listStates(issuer)

t.test('every route has an entry, and every entry a route', async (t) => {
  t.strictSame([...watched.routes].sort(), Object.keys(table).sort())
})

/** The request as each header can carry the credential. */
function credentialHeaders({ secret }: CredentialState): readonly Headers[] {
  if (secret === undefined) return [{}]
  return [{ authorization: `Bearer ${secret}` }, { 'x-api-key': secret }]
}

/** Leaves a stream once it is there; everything else is read to its end. */
async function sendAndLeave(url: string, sent: Sent): Promise<Answer> {
  const { status, headers, next, cut } = await openStream(url, sent)
  const first = await next()
  if (status === 200) cut()
  return { status, headers, text: JSON.stringify(first?.message ?? {}) }
}

/** Sends one probe and returns the audit lines that it left. */
async function probe(method: string, path: string, use: Probe, credential: Headers) {
  const { headers, body } = use
  const sent = {
    method,
    headers: { ...headers, ...credential },
    ...(body !== undefined && { body })
  }
  const answer = await (use.isLasting ? sendAndLeave : send)(app.origin + path, sent)
  const requestId = answer.headers['x-request-id']
  const lines = app.audit().filter((line) => line.requestId === requestId)
  return { answer, events: lines.filter(({ event }) => event !== 'AUTH_SUCCESS') }
}

const metadata = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp'

function checkChallenge(t: Test, { headers }: Answer, parts: string): void {
  const wanted = `Bearer realm="portcullis"${parts}, resource_metadata="${metadata}"`
  t.equal(headers['www-authenticate'], wanted, 'the challenge')
}

for (const [route, { access, probes }] of Object.entries(table)) {
  const [method = '', url = ''] = route.split(' ')
  t.test(`${access} ${route}`, async (t) => {
    for (const use of probes) {
      for (const state of states) {
        for (const credential of credentialHeaders(state)) {
          const [header = 'no header'] = Object.keys(credential)
          t.test(`${use.era ?? ''} ${state.name} in ${header}`, async (t) => {
            const { answer, events } = await probe(method, use.path ?? url, use, credential)
            if (access === 'public') {
              t.equal(answer.status, use.status)
              t.strictSame(events, [])
            } else if (state.rank === 'refused') checkRefused(t, answer, events, state)
            else checkLetIn(t, answer, events, use, state)
          })
        }
      }
    }
  })
}

type Lines = ReturnType<typeof app.audit>

function checkRefused(t: Test, answer: Answer, events: Lines, { name, reason }: CredentialState) {
  t.equal(answer.status, 401)
  checkChallenge(t, answer, name === 'none' ? '' : ', error="invalid_token"')
  t.equal(events.length, 1, 'one record, and no tool ran')
  t.match(events[0], { event: 'AUTH_FAILED', reason, transport: 'http' })
}

function checkLetIn(t: Test, answer: Answer, events: Lines, use: Probe, { rank }: CredentialState) {
  if (use.call === undefined) {
    t.equal(answer.status, use.status)
    t.notOk(
      events.some(({ outcome }) => outcome !== 'unknown'),
      'no tool ran'
    )
  } else if (rank === 'low token') {
    t.equal(answer.status, 403)
    checkChallenge(t, answer, ', error="insufficient_scope", scope="reports.read"')
    t.match(events, [{ event: 'TOOL_EXECUTE', tool: 'scoped', outcome: 'forbidden' }])
    t.notMatch(answer.text, 'the report')
  } else {
    const isLow = rank === 'low key'
    t.equal(answer.status, isLow ? use.call : use.status)
    t.match(events, [{ event: 'TOOL_EXECUTE', outcome: isLow ? 'forbidden' : 'ok' }])
    t.equal(answer.text.includes('the report'), !isLow)
    if (isLow) t.match(answer.text, /Unknown tool/)
  }
}

t.test('guarded POST /mcp within a session', async (t) => {
  const body = request('tools/call', scoped)
  const opening = { headers: json, body: initialize(), status: 200 }
  const openFor = async (state: CredentialState): Promise<Headers> => {
    const [credential = {}] = credentialHeaders(state)
    const { answer } = await probe('POST', '/mcp', opening, credential)
    return { ...versioned, 'mcp-session-id': String(answer.headers['mcp-session-id']) }
  }
  const owner = states.find(({ name }) => name === 'valid key')
  const ofSomebodyElse = owner ? await openFor(owner) : {}
  for (const state of states) {
    t.test(state.name, async (t) => {
      const isLetIn = state.rank !== 'refused'
      const headers = isLetIn ? await openFor(state) : ofSomebodyElse
      const call: Probe = { headers, body, status: 200, call: 200 }
      for (const credential of credentialHeaders(state)) {
        const { answer, events } = await probe('POST', '/mcp', call, credential)
        if (isLetIn) checkLetIn(t, answer, events, call, state)
        else checkRefused(t, answer, events, state)
        if (!isLetIn || state === owner) continue
        const listing = { headers: ofSomebodyElse, body: request('tools/list'), status: 404 }
        const foreign = await probe('POST', '/mcp', listing, credential)
        t.equal(foreign.answer.status, 404, 'the session of somebody else')
      }
    })
  }
})

t.test('guarded upgrade of GET /mcp', async (t) => {
  for (const state of states) {
    for (const headers of credentialHeaders(state)) {
      t.test(`${state.name} in ${Object.keys(headers)[0] ?? 'no header'}`, async (t) => {
        const before = app.audit().length
        const upgrade = await tryUpgrade(app.url, { headers })
        if ('socket' in upgrade) return checkUpgraded(t, upgrade.socket, state)
        checkRefused(t, upgrade.answer, app.audit().slice(before), state)
      })
    }
  }
})

async function checkUpgraded(t: Test, socket: WebSocket, { rank }: CredentialState): Promise<void> {
  t.not(rank, 'refused')
  const { result, error } = await exchange(socket, modernRequest('tools/call', scoped))
  const code = new Map<string, number>([
    ['low key', -32602],
    ['low token', 403]
  ]).get(rank)
  t.equal(error?.code, code)
  t.equal(JSON.stringify(result ?? {}).includes('the report'), code === undefined)
  const outcome = code === undefined ? 'ok' : 'forbidden'
  const [call] = app.audit('TOOL_EXECUTE').slice(-1)
  t.match(call, { transport: 'websocket', tool: 'scoped', outcome })
  socket.terminate()
}

async function checkAnswered(
  t: Test,
  answer: Answer,
  stream: EventStream,
  { rank }: CredentialState
): Promise<void> {
  if (rank === 'low token') {
    t.equal(answer.status, 403)
    return checkChallenge(t, answer, ', error="insufficient_scope", scope="reports.read"')
  }
  t.equal(answer.status, 202)
  const { result, error } = await stream.find(({ id }) => id === 1)
  t.equal(error?.code, rank === 'low key' ? -32602 : undefined)
  t.equal(JSON.stringify(result ?? {}).includes('the report'), rank !== 'low key')
}

t.test('guarded POST /mcp into the session of a 2024-11-05 client', async (t) => {
  const openFor = async (headers: Headers) => {
    const accept = { accept: 'text/event-stream' }
    const stream = await openStream(`${app.url}/sse`, {
      method: 'GET',
      headers: { ...accept, ...headers }
    })
    return { stream, path: String((await stream.next())?.data) }
  }
  const owner = await openFor({ authorization: `Bearer ${keyOf('tiny')}` })
  for (const state of states) {
    t.test(state.name, async (t) => {
      for (const credential of credentialHeaders(state)) {
        const body = request('tools/call', scoped)
        const use: Probe = { headers: json, body, status: 202 }
        const foreign = await probe('POST', owner.path, use, credential)
        if (state.rank === 'refused') {
          checkRefused(t, foreign.answer, foreign.events, state)
          continue
        }
        t.equal(foreign.answer.status, 404, 'the session of somebody else')
        t.strictSame(foreign.events, [])
        const { stream, path } = await openFor(credential)
        const { answer } = await probe('POST', path, use, credential)
        await checkAnswered(t, answer, stream, state)
        stream.cut()
      }
    })
  }
  owner.stream.cut()
})

t.test('a method that a path does not have runs nothing, whoever asks', async (t) => {
  const paths = Object.entries(table).flatMap(([route, { probes }]) =>
    probes.map(({ path }) => (path ?? route.split(' ')[1] ?? '').replace(/\?.*/, ''))
  )
  const executed = app.audit('TOOL_EXECUTE').length
  for (const path of new Set(paths)) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND']) {
      if (isServed(method, path)) continue
      for (const state of states) {
        const [headers = {}] = credentialHeaders(state)
        const { status } = await send(app.origin + path, { method, headers })
        t.ok([401, 404, 405].includes(status), `${method} ${path} ${state.name}: ${status}`)
      }
    }
  }
  t.equal(app.audit('TOOL_EXECUTE').length, executed)
})

function isServed(method: string, path: string): boolean {
  return [...watched.routes].some((route) => {
    const [name, pattern = ''] = route.split(' ')
    const shape = pattern.replace(/:\w+/g, '[^/]+').replace('*', '.*')
    return name === method && new RegExp(`^${shape}$`).test(path)
  })
}

t.test('the metadata says who issues tokens for this server, in both places', async (t) => {
  for (const path of ['', '/mcp']) {
    const url = `${app.origin}/.well-known/oauth-protected-resource${path}`
    const { headers, text } = await send(url, { method: 'GET' })
    t.match(headers['content-type'], /^application\/json/)
    t.strictSame(JSON.parse(text), {
      resource: audience,
      authorization_servers: [issuer.url],
      bearer_methods_supported: ['header'],
      resource_name: 'Portcullis'
    })
  }
})

t.test('no credential of the matrix is in the log or in the audit', async (t) => {
  const written = JSON.stringify([app.log(), app.audit()])
  for (const { name, secret } of states) {
    if (secret !== undefined && secret !== 'a.b.c') t.notMatch(written, secret, name)
  }
})
