import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import {
  checkPublicUrl,
  isPublicAddress,
  publicLookup
} from '../tools/openapi/document/address-guard.ts'
import { fetchDocument } from '../tools/openapi/document/fetch-document.ts'
import { drip, type Fault, hang, pour, reply, startFaultServer } from './helpers/fault-server.ts'

t.test('public addresses, and everything else', (t) => {
  for (const address of ['8.8.8.8', '1.1.1.1', '2606:4700::1111']) {
    t.ok(isPublicAddress(address), address)
  }
  const others = [
    ...['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1'],
    ...['0.0.0.0', '192.0.2.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', 'fe80::1', 'fc00::1'],
    ...['::7f00:1', '::808:808', '::a:808:808', '4000::1', '168.63.129.16'],
    ...['fec0::1', '64:ff9b::7f00:1', '64:ff9b:1::1', '2002:7f00:1::', '2001::1', '2001:db8::1'],
    ...['100::1', 'ff02::1', '2130706433', '0x7f000001', '0177.0.0.1', '127.1', 'localhost', '']
  ]
  for (const address of others) t.notOk(isPublicAddress(address), address)
  t.end()
})

t.test('a document is fetched by https from public hosts only', (t) => {
  t.equal(checkPublicUrl('https://api.example.com/a.json', []).hostname, 'api.example.com')
  t.equal(checkPublicUrl('https://8.8.8.8/a', []).hostname, '8.8.8.8')
  const refused = [
    ...['api.example.com', 'ftp://api.example.com/', 'file:///etc/passwd', 'data:,x'],
    ...['http://api.example.com/', 'http://127.0.0.1/', 'https://127.0.0.1/', 'https://[::1]/'],
    ...['https://10.0.0.1/', 'https://169.254.169.254/latest', 'https://[::ffff:127.0.0.1]/'],
    ...['https://2130706433/', 'https://0x7f.1/', 'https://0177.0.0.1/', 'https://127.1/'],
    ...['https://134744072/', 'https://0x8080808/', 'https://8.8.2056/', 'https://８.8.8.8/'],
    ...['https://user:secret@api.example.com/', 'https://0/', 'https://[::]/']
  ]
  for (const text of refused) t.throws(() => checkPublicUrl(text, []), /it/, text)
  t.end()
})

t.test('a host that the operator names is allowed, whatever it is', (t) => {
  t.ok(checkPublicUrl('https://10.0.0.1/', ['10.0.0.1']))
  t.ok(checkPublicUrl('https://docs.internal:8443/', ['docs.internal:8443']))
  t.ok(checkPublicUrl('http://127.0.0.1:8080/', ['127.0.0.1']))
  t.ok(checkPublicUrl('http://localhost:8080/', ['LOCALHOST:8080']))
  t.ok(checkPublicUrl('http://[::1]:8080/', ['[::1]']))
  t.ok(checkPublicUrl('http://[::1]:8080/', ['::1']))
  t.throws(() => checkPublicUrl('http://10.0.0.1/', ['10.0.0.1']), /must be an https URL/)
  t.throws(() => checkPublicUrl('http://docs.internal/', ['docs.internal']), /must be an https URL/)
  t.throws(() => checkPublicUrl('http://localhost:8081/', ['localhost:8080']))
  t.throws(() => checkPublicUrl('http://localhost.evil.example/', ['localhost']))
  t.end()
})

t.test('names are judged by what they resolve to, all of it', async (t) => {
  const resolve = (hostname: string, all: boolean) =>
    new Promise((settle) => {
      publicLookup(hostname, { all }, (error, address) => settle(error?.message ?? address))
    })
  for (const all of [true, false]) {
    t.match(await resolve('localhost', all), /not on the public Internet/)
    t.match(await resolve('127.0.0.1', all), /not on the public Internet/)
  }
  t.same(await resolve('8.8.8.8', true), [{ address: '8.8.8.8', family: 4 }])
  t.same(await resolve('8.8.8.8', false), '8.8.8.8')
  await t.rejects(
    fetchDocument('https://localhost:1/', { allowedHosts: [], maxBytes: 1, timeoutMs: 5_000 }),
    { message: /cannot be fetched: its host is unknown, unreachable or not on the public Internet/ }
  )
})

async function start(t: Test, fault: Fault) {
  const server = await startFaultServer(fault)
  t.teardown(() => server.close())
  const fetch = (more = {}) =>
    fetchDocument(`${server.origin}/api.json`, {
      allowedHosts: ['127.0.0.1'],
      maxBytes: 1_000,
      timeoutMs: 5_000,
      ...more
    })
  return { server, fetch }
}

t.test('a document is fetched as text, without credentials', async (t) => {
  const { server, fetch } = await start(t, reply(200, '\uFEFF{"openapi":"3.1.0"}'))
  t.equal(await fetch(), '{"openapi":"3.1.0"}')
  const [seen] = server.seen
  t.notOk(seen?.headers.has('authorization'))
  t.notOk(seen?.headers.has('cookie'))
  server.answerWith(reply(200, gzipSync('openapi: 3.1.0'), { 'content-encoding': 'gzip' }))
  t.equal(await fetch(), 'openapi: 3.1.0')
})

t.test('redirects are checked one by one, three at most', async (t) => {
  const { server, fetch } = await start(t, hang)
  const redirect = (location: string): Fault => reply(302, '', { location })
  server.answerWith((socket, seen) => {
    const answer = seen.target === '/end' ? reply(200, '{}') : redirect('/end')
    answer(socket, seen)
  })
  t.equal(await fetch(), '{}')

  const trap = await startFaultServer(reply(200, 'trapped'))
  t.teardown(() => trap.close())
  const port = new URL(trap.origin).port
  for (const location of [
    `http://localhost:${port}/`,
    `https://localhost:${port}/`,
    `http://2130706433:${port}/`,
    `http://[::ffff:127.0.0.1]:${port}/`,
    `//169.254.169.254:${port}/`,
    'file:///etc/passwd'
  ]) {
    server.answerWith(redirect(location))
    await t.rejects(fetch(), { message: /host|https/ }, location)
  }
  t.equal(trap.seen.length, 0)

  server.answerWith(redirect('/again'))
  const before = server.seen.length
  await t.rejects(fetch(), { message: 'it is redirected too often.' })
  t.equal(server.seen.length - before, 4)
})

t.test('size, time and kind are bounded', async (t) => {
  const { server, fetch } = await start(t, hang)
  const rows: [Fault, RegExp][] = [
    [reply(200, 'a'.repeat(1_001)), /larger than 1000 bytes/],
    [pour(64 * 1024 * 1024, false), /larger than 1000 bytes/],
    [
      reply(200, gzipSync('a'.repeat(100_000)), { 'content-encoding': 'gzip' }),
      /larger than 1000 bytes/
    ],
    [reply(200, '{}', { 'content-encoding': 'gzip, br' }), /encoding that is not accepted/],
    [reply(404, '{}'), /its server answered 404/],
    [reply(200, Buffer.from([0xff, 0xfe, 0x00])), /not UTF-8/]
  ]
  for (const [fault, message] of rows) {
    server.answerWith(fault)
    await t.rejects(fetch(), { message })
  }
  for (const fault of [hang, drip]) {
    server.answerWith(fault)
    await t.rejects(fetch({ timeoutMs: 500, maxBytes: 10_000_000 }), {
      message: /did not arrive in time/
    })
  }
})
