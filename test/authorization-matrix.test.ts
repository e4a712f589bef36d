import t, { type Test } from 'tap'
import { startApp } from './helpers/app.ts'
import { initializeParams } from './helpers/carriers.ts'
import { type CredentialState, listStates } from './helpers/credential-states.ts'
import { type Answer, send } from './helpers/http.ts'
import { audience, startIssuer } from './helpers/issuer.ts'
import { legacy, modernHeaders, modernRequest, request, toolCall } from './helpers/messages.ts'
import { watchRoutes } from './helpers/routes.ts'

/*
 * Every route x method x credential x era. The table below is compared with the routes that Fastify
 * has: who adds a route without saying here who may use it, fails.
 */

type Headers = Readonly<Record<string, string>>

/** One way of using a route. */
interface Probe {
  readonly era?: string
  readonly path?: string
  readonly headers?: Headers
  readonly body?: unknown
  /** The status once let in. */
  readonly status: number
  /** It calls the tool that needs a scope; the number is what a key without it gets. */
  readonly call?: number
}

interface Entry {
  readonly access: 'public' | 'guarded'
  readonly probes: readonly Probe[]
}

const json: Headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream'
}
const scoped = toolCall('scoped')
const modernCall = modernRequest('tools/call', scoped)
const withProgress = modernRequest('tools/call', scoped, 1, { progressToken: 1 })
const { authorization: _, ...modernOnly } = modernHeaders(modernCall)
const versioned = { ...json, 'mcp-protocol-version': legacy }

/** A message of each kind in each era; `scoped` is the tool that needs `reports.read`. */
const messages: readonly Probe[] = [
  { era: '2026, a plain call', headers: modernOnly, body: modernCall, status: 200, call: 200 },
  { era: '2026, through the SDK', headers: modernOnly, body: withProgress, status: 200, call: 200 },
  {
    era: '2025, one call',
    headers: versioned,
    body: request('tools/call', scoped),
    status: 200,
    call: 200
  },
  {
    era: '2025, a batch',
    headers: { ...json, 'mcp-protocol-version': '2025-03-26' },
    body: [request('tools/list', {}, 1), request('tools/call', scoped, 2)],
    status: 200,
    call: 200
  },
  {
    era: '2025, initialize',
    headers: json,
    body: request('initialize', initializeParams),
    status: 200
  },
  { era: 'no message', headers: json, body: {}, status: 400 }
]

const open = (...probes: readonly Probe[]): Entry => ({ access: 'public', probes })
const guarded = (...probes: readonly Probe[]): Entry => ({ access: 'guarded', probes })
const asStream = { accept: 'text/event-stream' }
const person = '/api/employees/harbor-cafe/1/schedules'
const people = '/api/companies/harbor-cafe/people'

const table: Readonly<Record<string, Entry>> = {
  'OPTIONS *': open({ path: '/mcp', status: 204 }, { path: '/api/tools', status: 204 }),
  'GET /health': open({ status: 200 }),
  'GET /livez': open({ status: 200 }),
  'GET /healthz': open({ status: 200 }),
  'GET /ready': open({ status: 200 }),
  'GET /readyz': open({ status: 200 }),
  'GET /ping': open({ status: 200 }),
  'POST /ping': open({ status: 200 }),
  'GET /.well-known/oauth-protected-resource': open({ status: 200 }),
  'GET /.well-known/oauth-protected-resource/mcp': open({ status: 200 }),
  'POST /mcp': guarded(...messages),
  'GET /mcp': guarded(
    { era: '2025, a stream', headers: asStream, status: 400 },
    { era: '2025, a session', headers: { ...asStream, 'mcp-session-id': 'x' }, status: 404 }
  ),
  'DELETE /mcp': guarded({ status: 405 }, { headers: { 'mcp-session-id': 'x' }, status: 404 }),
  'PUT /mcp': guarded({ status: 405 }),
  'PATCH /mcp': guarded({ status: 405 }),
  'HEAD /mcp': guarded({ status: 405 }),
  'GET /openapi.json': guarded({ status: 200 }),
  'GET /api/tools': guarded({ status: 200 }),
  'POST /api/tools/execute': guarded({
    headers: json,
    body: { name: 'scoped' },
    status: 200,
    call: 404
  }),
  'POST /api/tools/:name': guarded({
    path: '/api/tools/scoped',
    headers: json,
    body: {},
    status: 200,
    call: 404
  }),
  // The tools behind these are not mounted here.
  'GET /api/employees/:company_id/:person_id/schedules': guarded({ path: person, status: 404 }),
  'POST /api/employees/schedules': guarded({ headers: json, body: {}, status: 404 }),
  'GET /api/companies/:company_id/people/unpublished-schedules': guarded({
    path: `${people}/unpublished-schedules`,
    status: 404
  }),
  'GET /api/companies/:company_id/people': guarded({ path: people, status: 404 })
}

const issuer = await startIssuer()
const watched = watchRoutes()
const app = await startApp({ auth: { jwt: issuer.settings }, limits: { enabled: false } })
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

/** Sends one probe and returns the audit lines that it left. */
async function probe(method: string, path: string, { headers, body }: Probe, credential: Headers) {
  const sent = {
    method,
    headers: { ...headers, ...credential },
    ...(body !== undefined && { body })
  }
  const answer = await send(app.origin + path, sent)
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
  const opening = { headers: json, body: request('initialize', initializeParams), status: 200 }
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

t.test('a method that a path does not have runs nothing, whoever asks', async (t) => {
  const paths = Object.entries(table).flatMap(([route, { probes }]) =>
    probes.map(({ path }) => path ?? route.split(' ')[1] ?? '')
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
