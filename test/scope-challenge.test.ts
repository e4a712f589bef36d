import t, { type Test } from 'tap'
import { startApp } from './helpers/app.ts'
import { type Answer, send } from './helpers/http.ts'
import { startIssuer } from './helpers/issuer.ts'
import {
  call,
  jsonHeaders,
  legacy,
  modernHeaders,
  modernRequest,
  request,
  toolCall
} from './helpers/messages.ts'

/* What a token lacks it is told, in time and in full, so that its client can ask for it. */

const issuer = await startIssuer()
const app = await startApp({ auth: { jwt: issuer.settings }, limits: { enabled: false } })
t.teardown(async () => {
  await app.close(0)
  await issuer.close()
})

type Params = Readonly<Record<string, unknown>>

const bearer = async (
  scope?: string,
  more: Params = {}
): Promise<Readonly<Record<string, string>>> => ({
  ...jsonHeaders(),
  authorization: `Bearer ${await issuer.token({ claims: { ...(scope !== undefined && { scope }), ...more } })}`
})

async function ask(
  authorization: Readonly<Record<string, string>>,
  method: string,
  params: Params,
  isModern: boolean
) {
  const body = isModern ? modernRequest(method, params) : request(method, params)
  const era = isModern ? modernHeaders(body) : { 'mcp-protocol-version': legacy }
  return send(app.url, { headers: { ...era, ...authorization }, body })
}

function checkStepUp(t: Test, { status, headers, text }: Answer, name: string): void {
  t.equal(status, 403, name)
  t.match(headers['www-authenticate'], /error="insufficient_scope", scope="reports\.read"/, name)
  const { error, id } = JSON.parse(text)
  t.match(error, { code: 403, data: { scopes: ['reports.read'] } }, name)
  t.equal(id, 1, name)
}

const operations: readonly (readonly [string, Params, string])[] = [
  ['tools/call', toolCall('scoped', { pin: 'canary' }), 'TOOL_EXECUTE'],
  ['resources/read', { uri: 'docs://payroll' }, 'RESOURCE_READ'],
  ['prompts/get', { name: 'review_payroll', arguments: {} }, 'PROMPT_GET']
]

for (const [method, params, event] of operations) {
  t.test(`a token without the scope sees it and is told what to ask for: ${method}`, async (t) => {
    const [low, good] = [await bearer('other'), await bearer('other reports.read')]
    for (const isModern of [true, false]) {
      const era = isModern ? '2026' : '2025'
      const before = app.audit(event).length
      checkStepUp(t, await ask(low, method, params, isModern), era)
      const records = app.audit(event).slice(before)
      t.equal(records.length, 1)
      t.match(records[0], { outcome: 'forbidden', principal: 'jwt:alice', method })
      t.notMatch(JSON.stringify(records), 'canary', 'arguments are censored here, too')
      const { status, text } = await ask(good, method, { ...params, arguments: {} }, isModern)
      t.equal(status, 200, era)
      t.notMatch(text, '"error"', era)
    }
  })
}

t.test('lists show a token everything, or what its globs say', async (t) => {
  const names = async (headers: Readonly<Record<string, string>>): Promise<string[]> => {
    const { text } = await ask({ ...headers, accept: 'application/json' }, 'tools/list', {}, true)
    return JSON.parse(text).result.tools.map(({ name }: { name: string }) => name)
  }
  t.ok((await names(await bearer())).includes('scoped'))
  t.strictSame(await names(await bearer('', { portcullis_tools: ['ech*'] })), ['echo'])
  const globbed = await bearer('reports.read', { portcullis_tools: ['ech*'] })
  const hidden = await ask(globbed, 'tools/call', toolCall('scoped'), true)
  t.match(
    [hidden.status, hidden.text],
    [200, /Unknown tool/],
    'outside its globs there is no challenge'
  )
})

t.test('a batch is refused whole when a token may not do a part of it', async (t) => {
  const headers = { ...(await bearer()), 'mcp-protocol-version': '2025-03-26' }
  const body = [call('echo', { text: 'a' }, 1), call('scoped', {}, 2)]
  const before = app.audit('TOOL_EXECUTE').length
  const { status, headers: told } = await send(app.url, { headers, body })
  t.equal(status, 403)
  t.match(told['www-authenticate'], /scope="reports\.read"/)
  const records = app.audit('TOOL_EXECUTE').slice(before)
  t.strictSame(
    records.map(({ tool, outcome }) => [tool, outcome]),
    [['scoped', 'forbidden']]
  )
})
