import t from 'tap'
import { z } from 'zod'
import { createAudit } from '../src/audit.ts'
import { createPolicy } from '../src/create-policy.ts'
import { defineTool } from '../src/define-tool.ts'
import { challengeScopes } from '../src/identity/scope-challenge.ts'
import { createRegistry } from '../src/registry.ts'
import { settingsSchema } from '../src/settings.ts'
import { createBareContext } from '../transports/call-context.ts'
import { startApp } from './helpers/app.ts'
import { createFacade } from './helpers/facade.ts'
import { send } from './helpers/http.ts'
import { serve } from './helpers/serve.ts'
import { silent } from './helpers/silent.ts'

/* The record keeps its promises on the carriers that do not pass the dispatcher in the usual way. */

const canary = 'canary-4711'

for (const mode of ['keys', 'none']) {
  t.test(`${mode}: a value in the path of the façade is in no line`, async (t) => {
    const app = await startApp({ audit: { args: mode } })
    t.teardown(() => app.close(0))
    const { get, newLines } = createFacade(app)
    const [, lines] = await newLines(() => get(`/api/employees/${canary}/${canary}/schedules`))
    t.match(lines, [{ path: '/api/employees/:company_id/:person_id/schedules' }])
    t.notMatch(JSON.stringify([app.audit(), app.log()]), canary)
  })
}

t.test(
  'audit.required on the façade: withheld and refused, not a fault of the server',
  async (t) => {
    const key = 'pcl_the-key-for-the-facade-with-32-characters'
    const env = { MCP_AUDIT_FILE: '/dev/full', MCP_AUDIT_REQUIRED: 'true', MCP_AUTH_TOKEN: key }
    const { running, origin } = await serve(t, ['--http'], env)
    const call = () =>
      send(`${origin}/api/tools/calculate_npv`, {
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body: { rate: 0.1, cashFlows: [-1, 2] }
      })
    const withheld = await call()
    t.match([withheld.status, withheld.text], [503, /result is withheld/])
    const refused = await call()
    t.match([refused.status, refused.text], [503, /refuses requests/])
    t.notMatch(running.stderr.text, /request failed/)
  }
)

t.test('the line of a scope challenge is written before its answer leaves', async (t) => {
  const written: string[] = []
  const append = (text: string) => written.push(text)
  const audit = createAudit({ enabled: true, args: 'redacted' }, { append })
  const tool = defineTool({
    name: 'scoped',
    title: 'Scoped',
    description: 'Needs a scope.',
    toolset: 'test',
    scopes: ['reports.read'],
    input: z.object({}),
    run: () => 'done'
  })
  const registry = createRegistry([{ tools: [tool], close: async () => {} }])
  const policy = createPolicy(settingsSchema.parse({}), audit)
  const principal = { id: 'jwt:alice', kind: 'jwt', scopes: [] } as const
  const ctx = createBareContext({ principal, transport: 'http' }, silent)
  const refusal = challengeScopes(registry, policy, 'tools/call', { name: 'scoped' }, ctx)
  t.equal(refusal?.kind, 'insufficient_scope')
  t.match(written, [/"outcome":"forbidden"/])
})
