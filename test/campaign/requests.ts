import type { Random } from './random.ts'

/** One HTTP request, and whether the tool in its body may run. */
export interface RawRequest {
  readonly isAllowed: boolean
  readonly attack: string
  toBytes(body: string): Buffer
}

type Headers = [name: string, value: string][]

interface Draft {
  line: string
  headers: Headers
  /** What stands between header lines. */
  lineEnd: string
}

/** Something done to a good request after which it must not reach the tool. */
type Attack = (draft: Draft, random: Random) => void

const drop = (draft: Draft, name: string): void => {
  draft.headers = draft.headers.filter(([key]) => key.toLowerCase() !== name)
}
const set = (draft: Draft, name: string, value: string): void => {
  drop(draft, name)
  draft.headers.push([name, value])
}
const insert = (draft: Draft, random: Random, header: [string, string]): void => {
  draft.headers.splice(random.below(draft.headers.length + 1), 0, header)
}

/** Stands for the length of the body, which is known last. */
const ownLength = 'LENGTH'

const wrongTokens = [
  '',
  'x',
  'null',
  'undefined',
  'Bearer',
  '../..',
  "' or 1=1 --",
  '%00',
  'é',
  '🔑'
]
const wrongHosts = [
  'evil.example',
  'evil@localhost',
  'localhost/evil',
  'localhost?x',
  '0x7f.1',
  '2130706433',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '[::ffff:7f00:1]x',
  'localhost:99999',
  ':80',
  'localhost:80:80',
  '127.0.0.1#',
  '127.0.0.1\\@evil',
  'ⓛocalhost',
  '127.0.0.1, evil.example'
]
const wrongOrigins = [
  'null',
  'http://evil.example',
  'ftp://localhost',
  'http://localhost.evil.example',
  'localhost',
  'http://localhost:8080.evil.example',
  'http://user@localhost:8080',
  'file://',
  'http://127.1',
  ''
]
const wrongTypes = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/json',
  'application/json-rpc',
  'application/xml',
  'application/jsonx',
  'x',
  'application/json, text/plain'
]
const wrongEncodings = ['gzip', 'deflate', 'br', 'identity, gzip', 'gzip, gzip', 'zstd', 'x']
const singletons = ['authorization', 'host', 'content-type', 'origin', 'mcp-session-id']

const attacks: Readonly<Record<string, Attack>> = {
  'no credential': (draft) => {
    drop(draft, 'authorization')
    drop(draft, 'x-api-key')
  },
  'wrong credential': (draft, random) =>
    set(draft, 'authorization', `Bearer ${random.pick(wrongTokens)}${random.below(1e9)}`),
  'wrong scheme': (draft, random) =>
    set(
      draft,
      'authorization',
      `${random.pick(['Basic', 'Digest', 'Bear er', ''])} ${secretOf(draft)}`
    ),
  'more after the key': (draft, random) =>
    set(
      draft,
      'authorization',
      `Bearer ${secretOf(draft)}${random.pick([' x', ', x', ';x', '\tx'])}`
    ),
  'two credentials': (draft) => draft.headers.push(['x-api-key', secretOf(draft)]),
  'wrong host': (draft, random) => set(draft, 'host', random.pick(wrongHosts)),
  'no host': (draft) => drop(draft, 'host'),
  'foreign target': (draft, random) => {
    draft.line = `POST http://${random.pick(wrongHosts)}/mcp HTTP/1.1`
  },
  'wrong origin': (draft, random) => set(draft, 'origin', random.pick(wrongOrigins)),
  'origin behind fillers': (draft, random) => {
    for (let left = 90 + random.below(2000); left > 0; left--)
      draft.headers.push([`x-${left}`, 'x'])
    draft.headers.push(['origin', 'http://evil.example'])
  },
  'twice a singleton': (draft, random) => {
    const name = random.pick(singletons)
    const value = draft.headers.find(([key]) => key === name)?.[1] ?? 'http://localhost:8080'
    insert(draft, random, [name, value])
    insert(draft, random, [name.toUpperCase(), value])
  },
  'wrong media type': (draft, random) => set(draft, 'content-type', random.pick(wrongTypes)),
  'no media type': (draft) => drop(draft, 'content-type'),
  'encoded body': (draft, random) => set(draft, 'content-encoding', random.pick(wrongEncodings)),
  'wrong method': (draft, random) => {
    const method = random.pick([
      'GET',
      'PUT',
      'PATCH',
      'DELETE',
      'HEAD',
      'OPTIONS',
      'TRACE',
      'post',
      'X'
    ])
    draft.line = `${method} /mcp HTTP/1.1`
  },
  'wrong path': (draft, random) => {
    const path = random.pick([
      '/',
      '/mcp/',
      '/mcp/x',
      '/MCP',
      '//mcp',
      '/mcp%00',
      '/%2e%2e/mcp',
      '/mcp/../mcp',
      '*'
    ])
    draft.line = `POST ${path} HTTP/1.1`
  },
  'length and chunked': (draft) => draft.headers.push(['transfer-encoding', 'chunked']),
  'two lengths': (draft, random) =>
    insert(draft, random, ['content-length', String(random.below(99))]),
  'short length': (draft, random) => set(draft, 'content-length', String(random.below(40))),
  'odd length': (draft, random) =>
    set(
      draft,
      'content-length',
      random.pick(['-1', '+5', '0x10', '1e3', '', ' ', '99999999999999999999', '5 5'])
    ),
  'odd transfer coding': (draft, random) => {
    drop(draft, 'content-length')
    draft.headers.push([
      'transfer-encoding',
      random.pick(['xchunked', 'chunked, identity', ' chunked', 'gzip, chunked'])
    ])
  },
  'bad header line': (draft, random) => {
    const line: [string, string] = random.pick([
      ['x y', '1'],
      ['', 'x'],
      ['x\u0000', '1'],
      ['x', 'a\u0000b'],
      ['x', 'a\nb: c'],
      ['x ', '1'],
      ['(x)', '1']
    ])
    insert(draft, random, line)
  },
  'huge header': (draft, random) =>
    insert(draft, random, ['x-big', 'x'.repeat(17_000 + random.below(1e5))]),
  'bare line feeds': (draft) => {
    draft.lineEnd = '\n'
  },
  'wrong version': (draft, random) => {
    draft.line = `POST /mcp ${random.pick(['HTTP/0.9', 'HTTP/2.0', 'HTTP/1.2', 'HTP/1.1', '', 'HTTP/1.1 x'])}`
  },
  'wrong revision': (draft, random) =>
    set(
      draft,
      'mcp-protocol-version',
      random.pick(['1999-01-01', '2026-07-28, 2025-11-25', 'x', '9'.repeat(99)])
    ),
  'another method in the headers': (draft) => set(draft, 'mcp-method', 'tools/list'),
  'another name in the headers': (draft) => set(draft, 'mcp-name', 'other')
}

const names = Object.keys(attacks)

function secretOf({ headers }: Draft): string {
  const value = headers.find(([name]) => name === 'authorization')?.[1] ?? ''
  return value.slice('Bearer '.length)
}

/** One request with one or two attacks; every twentieth has none and must run its tool. */
export function createRawRequest(
  target: { readonly port: number; readonly key: string },
  random: Random
): RawRequest {
  const draft: Draft = {
    line: 'POST /mcp HTTP/1.1',
    lineEnd: '\r\n',
    headers: [
      ['host', `127.0.0.1:${target.port}`],
      ['authorization', `Bearer ${target.key}`],
      ['content-type', 'application/json'],
      ['accept', 'application/json, text/event-stream'],
      ['mcp-protocol-version', '2026-07-28'],
      ['mcp-method', 'tools/call'],
      ['mcp-name', 'canary'],
      ['content-length', ownLength],
      ['connection', 'close']
    ]
  }
  const isAllowed = random.below(20) === 0
  const chosen = isAllowed
    ? []
    : [random.pick(names), ...(random.below(4) === 0 ? [random.pick(names)] : [])]
  for (const name of chosen) attacks[name]?.(draft, random)
  return {
    isAllowed,
    attack: chosen.join(' + ') || 'none',
    toBytes(body) {
      const length = String(Buffer.byteLength(body))
      const lines = draft.headers.map(
        ([name, value]) => `${name}: ${value.replace(ownLength, length)}`
      )
      const head = [draft.line, ...lines].join(draft.lineEnd)
      return Buffer.from(`${head}${draft.lineEnd.repeat(2)}${body}`)
    }
  }
}
