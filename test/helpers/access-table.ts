import { initialize, legacy, modernHeaders, modernRequest, request, toolCall } from './messages.ts'

export type Headers = Readonly<Record<string, string>>

/** One way of using a route. */
export interface Probe {
  readonly era?: string
  readonly path?: string
  readonly headers?: Headers
  readonly body?: unknown
  /** The status once let in. */
  readonly status: number
  /** The answer goes on: it is left after its head. */
  readonly isLasting?: true
  /** It calls the tool that needs a scope; the number is what a key without it gets. */
  readonly call?: number
}

export interface Entry {
  readonly access: 'public' | 'guarded'
  readonly probes: readonly Probe[]
}

export const json: Headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream'
}
export const scoped = toolCall('scoped')
const modernCall = modernRequest('tools/call', scoped)
const withProgress = modernRequest('tools/call', scoped, 1, { progressToken: 1 })
const { authorization: _, ...modernOnly } = modernHeaders(modernCall)
export const versioned = { ...json, 'mcp-protocol-version': legacy }

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
    body: initialize(),
    status: 200
  },
  { era: 'no message', headers: json, body: {}, status: 400 },
  {
    era: '2024, a session that is none of his',
    path: '/mcp?sessionId=00000000-0000-4000-8000-000000000000',
    headers: json,
    body: request('tools/call', scoped),
    status: 404
  }
]

const open = (...probes: readonly Probe[]): Entry => ({ access: 'public', probes })
const guarded = (...probes: readonly Probe[]): Entry => ({ access: 'guarded', probes })
const asStream = { accept: 'text/event-stream' }
const person = '/api/employees/harbor-cafe/1/schedules'
const people = '/api/companies/harbor-cafe/people'

/** Who may use which route, and what an allowed request gets. */
export const table: Readonly<Record<string, Entry>> = {
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
  // A stream that lasts; test/sse.test.ts reads one.
  'GET /mcp/sse': guarded({ headers: asStream, status: 200, isLasting: true }),
  'DELETE /mcp': guarded({ status: 405 }, { headers: { 'mcp-session-id': 'x' }, status: 404 }),
  'PUT /mcp': guarded({ status: 405 }),
  'PATCH /mcp': guarded({ status: 405 }),
  'HEAD /mcp': guarded({ status: 405 }),
  'GET /openapi.json': guarded({ status: 200 }),
  'GET /metrics': guarded({ status: 200 }),
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
