import t from 'tap'
import { startApp } from './helpers/app.ts'
import { send } from './helpers/http.ts'
import {
  modernHeaders,
  modernRequest,
  type Request,
  toolCall,
  versionKey
} from './helpers/messages.ts'

/*
 * The native lane answers plain calls without the SDK. A name in Base64 in its header keeps
 * a request out of it and means the same to the SDK, so each request goes both ways.
 */

type Change = (message: Request) => unknown

const rows: readonly (readonly [string, string, Record<string, unknown>, Change?])[] = [
  ['ok', 'echo', { text: 'hello' }],
  ['text beyond ASCII', 'echo', { text: 'grüße \u2028 \u{1f600}' }],
  ['no arguments', 'tiny', {}],
  ['wrong arguments', 'echo', { texts: 'hello' }],
  ['unknown tool', 'no_such_tool', {}],
  ['a name of Object.prototype', 'constructor', {}],
  ['hidden tool', 'scoped', {}],
  ['a tool that throws', 'fail', {}],
  ['a tool that objects', 'object_to', {}],
  ['too large', 'big', { bytes: 5000 }],
  ['a text as id', 'echo', { text: 'a' }, (message) => ({ ...message, id: 'abc' })],
  ['zero as id', 'echo', { text: 'a' }, (message) => ({ ...message, id: 0 })],
  ['a fraction as id', 'echo', { text: 'a' }, (message) => ({ ...message, id: 1.5 })],
  ['null as id', 'echo', { text: 'a' }, (message) => ({ ...message, id: null })],
  ['no id', 'echo', { text: 'a' }, ({ id: _, ...message }) => message],
  ['an extra key', 'echo', { text: 'a' }, (message) => ({ ...message, extra: 1 })],
  ['wrong jsonrpc', 'echo', { text: 'a' }, (message) => ({ ...message, jsonrpc: '1.0' })],
  ['no params', 'echo', {}, ({ params: _, ...message }) => message],
  ['params that are a list', 'echo', {}, (message) => ({ ...message, params: [1] })],
  ['arguments that are a list', 'echo', {}, withParams({ arguments: ['a'] })],
  ['arguments null', 'echo', {}, withParams({ arguments: null })],
  [
    'another method than the header',
    'echo',
    {},
    (message) => ({ ...message, method: 'tools/list' })
  ],
  ['a method that is a number', 'echo', {}, (message) => ({ ...message, method: 5 })],
  ['another name than the header', 'echo', {}, withParams({ name: 'tiny' })],
  ['a name that is a number', 'echo', {}, withParams({ name: 5 })],
  ['an unknown parameter', 'tiny', {}, withParams({ extra: true })],
  ['broken state', 'tiny', {}, withParams({ requestState: 'v1.x.y' })],
  ['state that is no text', 'tiny', {}, withParams({ requestState: 5 })],
  ['answers nobody asked for', 'tiny', {}, withParams({ inputResponses: { a: {} } })],
  ['no _meta', 'tiny', {}, withParams({ _meta: undefined })],
  ['_meta that is a list', 'tiny', {}, withParams({ _meta: [] })],
  ['no version', 'tiny', {}, withMeta({ [versionKey]: undefined })],
  ['old version', 'tiny', {}, withMeta({ [versionKey]: '2025-11-25' })],
  ['future version', 'tiny', {}, withMeta({ [versionKey]: '2099-01-01' })],
  ['version 5', 'tiny', {}, withMeta({ [versionKey]: 5 })],
  [
    'no capabilities',
    'tiny',
    {},
    withMeta({ 'io.modelcontextprotocol/clientCapabilities': undefined })
  ],
  ['capabilities 5', 'tiny', {}, withMeta({ 'io.modelcontextprotocol/clientCapabilities': 5 })],
  [
    'bad capability',
    'tiny',
    {},
    withMeta({ 'io.modelcontextprotocol/clientCapabilities': { sampling: 5 } })
  ],
  ['client info 5', 'tiny', {}, withMeta({ 'io.modelcontextprotocol/clientInfo': 5 })],
  [
    'nameless client',
    'tiny',
    {},
    withMeta({ 'io.modelcontextprotocol/clientInfo': { version: '1' } })
  ],
  ['trace', 'tiny', {}, withMeta({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })],
  ['trace 5', 'tiny', {}, withMeta({ traceparent: 5 })],
  ['own _meta', 'tiny', {}, withMeta({ 'com.example/x': { y: 1 } })],
  ['a question', 'ask_name', {}],
  [
    'a question nobody can take',
    'ask_name',
    {},
    withMeta({ 'io.modelcontextprotocol/clientCapabilities': {} })
  ]
]

function withParams(changed: Record<string, unknown>): Change {
  return (message) => ({ ...message, params: { ...message.params, ...changed } })
}

function withMeta(changed: Record<string, unknown>): Change {
  return (message) => {
    const { _meta, ...params } = message.params as { _meta: object }
    return { ...message, params: { ...params, _meta: { ..._meta, ...changed } } }
  }
}

/** What may differ between two answers to the same request: request ids, seals, the spelling of a header. */
function comparable(text: string): string {
  return text
    .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'REQUEST')
    .replace(/"header":"[^"]+"/, '"header":"NAME"')
    .replace(/"requestState":"[^"]+"/, '"requestState":"SEALED"')
}

t.test('the native lane and the SDK answer alike', async (t) => {
  const app = await startApp({ limits: { enabled: false, maxResultBytes: 4096 } })
  t.teardown(() => app.close(0))
  for (const [name, tool, args, change = (message: Request) => message] of rows) {
    const message = modernRequest('tools/call', toolCall(tool, args), 7)
    const headers = modernHeaders(message, 'narrow')
    const body = change(message)
    const native = await send(app.url, { headers, body })
    const around = { ...headers, 'mcp-name': `=?base64?${Buffer.from(tool).toString('base64')}?=` }
    const sdk = await send(app.url, { headers: around, body })
    t.equal(native.status, sdk.status, `${name}: status`)
    t.strictSame(
      JSON.parse(comparable(native.text) || 'null'),
      JSON.parse(comparable(sdk.text) || 'null'),
      name
    )
    t.equal(native.headers['content-type'], sdk.headers['content-type'], `${name}: media type`)
  }
})
