import t from 'tap'
import type { ApiCredential } from '../src/settings/api-settings.ts'
import type { ReadSecret } from '../src/settings/secret-reference.ts'
import { createContext, openClient } from './helpers/api-client.ts'
import { type Service, service, start } from './helpers/credential-client.ts'

t.test('each form of the operator’s credential', async (t) => {
  const rows: [Service, Record<string, string>, string][] = [
    [{ token: 'k1' }, { authorization: 'Bearer k1' }, '/things?a=1'],
    [
      { scheme: 'basic', user: 'ann', password: 'pä:ss' },
      { authorization: `Basic ${Buffer.from('ann:pä:ss').toString('base64')}` },
      '/things?a=1'
    ],
    [{ scheme: 'header', name: 'X-API-Key', token: 'k 1' }, { 'x-api-key': 'k 1' }, '/things?a=1'],
    [{ scheme: 'query', name: 'key[]', token: 'k&1=ä' }, {}, '/things?a=1&key%5B%5D=k%261%3D%C3%A4']
  ]
  for (const [given, headers, target] of rows) {
    const { server, call } = await start(t, service(given))
    await call(undefined, { url: new URL(`${server.origin}/things?a=1`) })
    const [seen] = server.seen
    t.equal(seen?.target, target)
    for (const [name, value] of Object.entries(headers)) t.equal(seen?.headers.get(name), value)
  }
  const { server, call } = await start(t, { mode: 'none' })
  await call()
  t.notOk(server.seen[0]?.headers.has('authorization'))
})

t.test('an argument cannot replace the credential', async (t) => {
  const header = await start(t, service({ scheme: 'header', name: 'X-API-Key', token: 'k1' }))
  await header.call(undefined, { headers: { 'X-Api-Key': 'other', Authorization: 'other' } })
  t.equal(header.server.seen[0]?.headers.get('x-api-key'), 'k1')
  const query = await start(t, service({ scheme: 'query', name: 'key', token: 'k1' }))
  await t.rejects(
    query.call(undefined, { url: new URL(`${query.server.origin}/things?key=other`) }),
    { name: 'ToolError', message: /"key" is set by this server/ }
  )
  t.equal(query.server.seen.length, 0)
})

t.test('secrets come from references, and a bad one stops the start by name only', (t) => {
  const readSecret: ReadSecret = (ref) => {
    if ('env' in ref) return 'from-env'
    throw new Error('ENOENT canary-path')
  }
  openClient({ credential: service({ token: { env: 'T' } }), readSecret }).close()
  const rows: [Service, RegExp][] = [
    [{}, /^apis\.test\.credential\.token: is needed/],
    [{ token: 'canary\nx' }, /^apis\.test\.credential\.token: holds characters/],
    [{ token: 'canary x' }, /^apis\.test\.credential\.token: holds characters/],
    [{ token: 'canaryä' }, /^apis\.test\.credential\.token: holds characters/],
    [{ token: { file: '/run/t' } }, /^apis\.test\.credential\.token: the file \/run\/t cannot/],
    [{ scheme: 'basic', password: 'canary' }, /credential\.user: is needed/],
    [{ scheme: 'basic', user: 'a:b', password: 'canary' }, /credential\.user: /],
    [{ scheme: 'basic', user: 'a', password: 'canary\r' }, /credential\.password: holds/],
    [{ scheme: 'header', token: 'canary' }, /credential\.name: /],
    [{ scheme: 'header', name: 'a b', token: 'canary' }, /credential\.name: /],
    [{ scheme: 'header', name: 'Host', token: 'canary' }, /credential\.name: /],
    [{ scheme: 'header', name: 'X-Key', token: ' canary' }, /credential\.token: holds/],
    [{ scheme: 'query', token: 'canary' }, /credential\.name: /],
    [{ scheme: 'oauth2', clientId: 'a', clientSecret: 'canary' }, /credential\.tokenUrl: /],
    [
      {
        scheme: 'oauth2',
        tokenUrl: 'http://auth.example/t',
        clientId: 'a',
        clientSecret: 'canary'
      },
      /\.tokenUrl: .*https/
    ],
    [{ scheme: 'oauth2', tokenUrl: 'https://a', clientSecret: 'canary' }, /\.clientId: /],
    [{ scheme: 'oauth2', tokenUrl: 'https://a', clientId: 'a' }, /\.clientSecret: is needed/]
  ]
  for (const [given, message] of rows) {
    let thrown: unknown
    try {
      openClient({ credential: service(given), readSecret })
    } catch (error) {
      thrown = error
    }
    t.match(thrown, { name: 'ConfigError', message })
    t.notMatch((thrown as Error).message, /canary/)
  }
  t.end()
})

t.test('the caller’s own credential: its named header becomes Authorization', async (t) => {
  const { server, call } = await start(t, { mode: 'caller', header: 'X-Upstream-Authorization' })
  const withHeader = (value: string) =>
    createContext({ upstreamHeaders: new Map([['x-upstream-authorization', value]]) })
  await call(withHeader('Bearer users-own'))
  t.equal(server.seen[0]?.headers.get('authorization'), 'Bearer users-own')
  t.notOk(server.seen[0]?.headers.has('x-upstream-authorization'))
  for (const ctx of [createContext(), withHeader(''), withHeader('a\nb'), withHeader(' a')]) {
    await t.rejects(call(ctx), {
      name: 'ToolError',
      message: /nothing was sent: connect with the header X-Upstream-Authorization/
    })
  }
  t.equal(server.seen.length, 1)
})

t.test('the key for this server can never be named as the caller’s header', (t) => {
  for (const header of ['Authorization', 'x-api-key', 'Cookie', 'Proxy-Authorization', 'MCP-x']) {
    t.throws(() => openClient({ credential: { mode: 'caller', header } }), {
      name: 'ConfigError',
      message: /stays here/
    })
  }
  t.end()
})

t.test('the inbound credential never leaves, whatever the context holds', async (t) => {
  const inbound = new Map([
    ['authorization', 'Bearer canary-inbound'],
    ['x-api-key', 'canary-inbound'],
    ['cookie', 'canary-inbound']
  ])
  const credentials: ApiCredential[] = [
    { mode: 'none' },
    service({ token: 'k1' }),
    { mode: 'caller', header: 'X-Upstream-Authorization' }
  ]
  for (const credential of credentials) {
    const { server, call } = await start(t, credential)
    const upstreamHeaders = new Map([...inbound, ['x-upstream-authorization', 'Bearer own']])
    await call(createContext({ upstreamHeaders }))
    t.notMatch(JSON.stringify([...server.seen[0]!.headers]), /canary/)
  }
})
