import t from 'tap'
import { startApp } from './helpers/app.ts'
import { allCarriers, carriers } from './helpers/carriers.ts'
import { createFacade } from './helpers/facade.ts'
import { type Answer, send } from './helpers/http.ts'
import { connect } from './helpers/json-rpc.ts'
import {
  call,
  initialize,
  jsonHeaders,
  legacy,
  modernHeaders,
  modernRequest,
  request,
  toolCall
} from './helpers/messages.ts'
import type { KeyName } from './helpers/principals.ts'

/* What a caller may not use it does not see, byte for byte. */

const app = await startApp({ ...allCarriers, limits: { enabled: false } })
t.teardown(() => app.close(0))

type Params = Readonly<Record<string, unknown>>

/** Something hidden from a key, and something that there is not; of one length. */
interface Pair {
  readonly key: KeyName
  readonly method: string
  readonly hidden: Params
  readonly unknown: Params
}

const tool = (key: KeyName, hidden: string, unknown: string, args: Params = {}): Pair => ({
  key,
  method: 'tools/call',
  hidden: toolCall(hidden, args),
  unknown: toolCall(unknown, args)
})

const pairs: Readonly<Record<string, Pair>> = {
  'a tool by its scope': tool('narrow', 'scoped', 'sc0ped'),
  'a tool by its name': tool('tiny', 'scoped', 'sc0ped'),
  'with arguments that do not fit': tool('tiny', 'count', 'c0unt', { to: 'x', more: [1] }),
  'a tool that has a rate of its own': tool('tiny', 'rare', 'r4re'),
  'a tool that fails': tool('tiny', 'object_to', 'object_t0'),
  'a tool that wants a header': tool('tiny', 'in_region', 'in_reg1on', { region: 'eu' }),
  'a prompt': {
    key: 'narrow',
    method: 'prompts/get',
    hidden: { name: 'review_payroll', arguments: {} },
    unknown: { name: 'review_payr0ll', arguments: {} }
  },
  'a completion': {
    key: 'narrow',
    method: 'completion/complete',
    hidden: {
      ref: { type: 'ref/prompt', name: 'review_payroll' },
      argument: { name: 'name', value: 'a' }
    },
    unknown: {
      ref: { type: 'ref/prompt', name: 'review_payr0ll' },
      argument: { name: 'name', value: 'a' }
    }
  },
  'a resource': {
    key: 'narrow',
    method: 'resources/read',
    hidden: { uri: 'docs://payroll' },
    unknown: { uri: 'docs://payr0ll' }
  }
}

/** An answer without what differs between any two. */
function comparable({ status, headers, text }: Answer): object {
  const { 'x-request-id': _, date: __, ...rest } = headers
  return { status, headers: Object.entries(rest), text: text.replaceAll('payr0ll', 'payroll') }
}

for (const [name, { key, method, hidden, unknown }] of Object.entries(pairs)) {
  t.test(`hidden is as unknown: ${name}`, async (t) => {
    for (const [carrier, open] of Object.entries(carriers)) {
      const { send, close } = await open({ app, key })
      const ask = async (params: Params) => {
        const { answer } = await send(method, params, 'same-id')
        return JSON.stringify(await answer).replaceAll('payr0ll', 'payroll')
      }
      const found = await ask(hidden)
      t.equal(found, await ask(unknown), carrier)
      t.match(found, /-32602/, carrier)
      await close()
    }
  })

  t.test(`hidden is as unknown in every byte over HTTP: ${name}`, async (t) => {
    const modern = (params: Params, meta: Params = {}) => {
      const body = modernRequest(method, params, 1, meta)
      return send(app.url, { headers: modernHeaders(body, key), body })
    }
    const old = (params: Params) =>
      send(app.url, {
        headers: { ...jsonHeaders(key), 'mcp-protocol-version': legacy },
        body: request(method, params)
      })
    const progress = { progressToken: 1 }
    const rows = [
      ['2026', await modern(hidden), await modern(unknown)],
      ['2026, SDK', await modern(hidden, progress), await modern(unknown, progress)],
      ['2025', await old(hidden), await old(unknown)]
    ] as const
    for (const [era, a, b] of rows) t.strictSame(comparable(a), comparable(b), era)
  })
}

t.test('the audit alone tells hidden from unknown', async (t) => {
  const outcomes = app.audit('TOOL_EXECUTE').map(({ tool, outcome }) => `${tool} ${outcome}`)
  t.ok(outcomes.includes('scoped forbidden'))
  t.ok(outcomes.includes('sc0ped unknown'))
  t.notOk(outcomes.includes('scoped unknown') || outcomes.includes('sc0ped forbidden'))
})

t.test('the REST façade: lists, document and calls', async (t) => {
  const { get, post } = createFacade(app)
  const rows = [
    ['tiny', 'count', 'c0unt', { to: 'x' }],
    ['narrow', 'scoped', 'sc0ped', {}]
  ] as const
  for (const [key, hidden, unknown, args] of rows) {
    const headers = jsonHeaders(key)
    const mend = (answer: Answer) => {
      const text = answer.text.replaceAll(unknown, hidden)
      return comparable({ ...answer, text: text.replace(/"timestamp":"[^"]+"/, '') })
    }
    const direct = (name: string) => post(`/api/tools/${name}`, args, headers)
    t.strictSame(mend(await direct(hidden)), mend(await direct(unknown)), `${key} by path`)
    const named = (name: string) => post('/api/tools/execute', { name, arguments: args }, headers)
    t.strictSame(mend(await named(hidden)), mend(await named(unknown)), `${key} by name`)
    const shapeless = (name: string) => post(`/api/tools/${name}`, [1], headers)
    t.strictSame(mend(await shapeless(hidden)), mend(await shapeless(unknown)), `${key} shapeless`)
    for (const path of ['/api/tools', '/openapi.json']) {
      const { status, text } = await get(path, headers)
      t.equal(status, 200)
      t.notMatch(text, `"${hidden}"`, `${key} ${path}`)
      t.notMatch(text, `/${hidden}"`, `${key} ${path}`)
    }
  }
})

t.test('the client on stdin is narrowed by the configuration', async (t) => {
  const look = async (env: Readonly<Record<string, string>>, name: string) => {
    const client = connect(['--toolsets', 'finance'], env)
    client.send(initialize(0))
    await client.answer(0)
    client.send(request('tools/list'), call(name, {}, 2), call('calculate_nothing', {}, 3))
    const [listed, asked, unknown] = [
      await client.answer(1),
      await client.answer(2),
      await client.answer(3)
    ]
    client.child.stdin?.end()
    await client.ended
    const { tools } = (listed.result ?? {}) as { tools: { name: string }[] }
    return { names: tools.map((tool) => tool.name), asked, unknown }
  }
  const all = await look({}, 'calculate_nothing')
  const [hidden = '', seen = ''] = all.names
  const some = await look({ MCP_STDIO_TOOLS: seen }, hidden)
  t.strictSame(some.names, [seen])
  t.strictSame({ ...some.asked, id: 0 }, { ...some.unknown, id: 0 })
  t.match(some.asked, { error: { code: -32602 } })
  const whole = await look({ MCP_STDIO_TOOLS: '*', MCP_STDIO_SCOPES: 'nothing' }, seen)
  t.strictSame(whole.names, all.names, 'tools without scopes need none')
})
