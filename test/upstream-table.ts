// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what a shell would expand is the point
import type { IssueCode } from '../tools/upstream/configuration/issue.ts'

type EndpointRow = readonly [
  endpoint: string,
  /** The first error in production; undefined when it passes. */
  first: IssueCode | undefined,
  development?: 'warned'
]

const long = 'a'.repeat(64)

/** Rows of seed-systems.md 3.4 and its list of gaps. */
export const endpoints: readonly EndpointRow[] = [
  // Forms that are right.
  ['https://mcp.example.com/sse', undefined],
  ['  https://mcp.example.com/sse  ', undefined],
  ['HTTPS://MCP.Example.COM/', undefined],
  ['https://mcp.example.com', undefined],
  ['https://mcp.example.com:8443/mcp', undefined],
  ['https://mcp.example.com/with_underscore/~user/a%20b', undefined],
  ['https://mcp.example.com/mcp?tenant=a&mode=fast', undefined],
  ['https://8.8.8.8/mcp', undefined],
  ['https://[2606:4700::1111]:8443/mcp', undefined],
  ['https://[2606:4700:0:0::1111]/mcp', undefined],
  ['https://xn--bcher-kva.example/mcp', undefined],
  ['https://2001.example.com/', undefined],
  // Not an endpoint.
  ['', 'malformed'],
  ['   ', 'malformed'],
  ['mcp.example.com/sse', 'malformed'],
  ['//mcp.example.com/sse', 'malformed'],
  ['https:mcp.example.com', 'malformed'],
  ['https:/mcp.example.com', 'malformed'],
  ['https:////mcp.example.com', 'malformed'],
  ['https://', 'malformed'],
  ['https://?x', 'malformed'],
  ['stdio', 'malformed'],
  [`https://mcp.example.com/${'a'.repeat(2048)}`, 'malformed'],
  // Schemes.
  ['http://mcp.example.com/sse', 'cleartext', 'warned'],
  ['ftp://mcp.example.com/', 'scheme'],
  ['ws://mcp.example.com/', 'scheme'],
  ['wss://mcp.example.com/', 'scheme'],
  ['gopher://mcp.example.com/', 'scheme'],
  ['file://mcp.example.com/etc/passwd', 'scheme'],
  ['file:///etc/passwd', 'malformed'],
  ['javascript:alert(1)', 'malformed'],
  ['data:text/plain,x', 'malformed'],
  // Loopback; the host comes before the scheme.
  ['http://localhost:8080/sse', 'loopback', 'warned'],
  ['https://localhost/', 'loopback', 'warned'],
  ['https://LOCALHOST/', 'loopback', 'warned'],
  ['https://api.localhost/', 'loopback', 'warned'],
  ['https://localhost.localdomain/', 'loopback', 'warned'],
  ['https://ip6-localhost/', 'loopback', 'warned'],
  ['https://127.0.0.1/', 'loopback', 'warned'],
  ['https://127.255.255.254/', 'loopback', 'warned'],
  ['https://[::1]/', 'loopback', 'warned'],
  ['https://[0:0:0:0:0:0:0:1]/', 'loopback', 'warned'],
  ['https://[::ffff:127.0.0.1]/', 'loopback', 'warned'],
  ['https://[::ffff:7f00:1]/', 'loopback', 'warned'],
  ['https://[::127.0.0.1]/', 'loopback', 'warned'],
  ['https://[64:ff9b::127.0.0.1]/', 'loopback', 'warned'],
  ['ftp://localhost/', 'loopback'],
  ['https://user:secret@localhost/', 'loopback'],
  // Loopback in disguise.
  ['https://localhost./', 'loopback'],
  ['https://127.0.0.1./', 'loopback'],
  ['https://2130706433/', 'loopback'],
  ['https://0x7f000001/', 'loopback'],
  ['https://0x7f.1/', 'loopback'],
  ['https://0177.0.0.1/', 'loopback'],
  ['https://127.1/', 'loopback'],
  ['https://１２７.0.0.1/', 'loopback'],
  ['https://ⓛocalhost/', 'loopback'],
  ['https://%6cocalhost/', 'loopback'],
  // Other networks of one's own.
  ['http://192.168.1.100/sse', 'private', 'warned'],
  ['https://10.0.0.1/', 'private', 'warned'],
  ['https://172.16.0.1/', 'private', 'warned'],
  ['https://172.31.255.255/', 'private', 'warned'],
  ['https://172.32.0.1/', undefined],
  ['https://[fd12::1]/', 'private', 'warned'],
  ['https://[::ffff:10.0.0.1]/', 'private', 'warned'],
  ['https://3232235777/', 'private'],
  ['https://printer/', 'private', 'warned'],
  ['https://printer.local/', 'private', 'warned'],
  ['https://api.corp/', 'private', 'warned'],
  ['https://api.internal/', 'private', 'warned'],
  ['https://nas.home.arpa/', 'private', 'warned'],
  ['https://100.64.0.1/', 'shared', 'warned'],
  ['https://100.127.255.255/', 'shared', 'warned'],
  ['https://192.0.2.1/', 'reserved', 'warned'],
  ['https://198.18.0.1/', 'reserved', 'warned'],
  ['https://224.0.0.1/', 'reserved', 'warned'],
  ['https://255.255.255.255/', 'reserved', 'warned'],
  ['https://[2001:db8::1]/', 'reserved', 'warned'],
  ['https://[2002:7f00:1::]/', 'reserved', 'warned'],
  ['https://[::ffff:8.8.8.8]/', 'reserved', 'warned'],
  // Nobody means these.
  ['https://169.254.1.1/', 'link_local'],
  ['https://[fe80::1]/', 'link_local'],
  ['http://169.254.169.254/latest/meta-data', 'metadata'],
  ['https://169.254.170.2/', 'metadata'],
  ['https://100.100.100.200/', 'metadata'],
  ['https://168.63.129.16/', 'metadata'],
  ['https://[fd00:ec2::254]/', 'metadata'],
  ['https://[::ffff:169.254.169.254]/', 'metadata'],
  ['https://2852039166/', 'metadata'],
  ['https://metadata.google.internal/', 'metadata'],
  ['https://metadata.google.internal./', 'metadata'],
  ['https://metadata/', 'metadata'],
  ['https://0.0.0.0/', 'unspecified'],
  ['https://0/', 'unspecified'],
  ['https://[::]/', 'unspecified'],
  // Spelling of public hosts.
  ['https://134744072/', 'disguised'],
  ['https://0x8080808/', 'disguised'],
  ['https://8.8.2056/', 'disguised'],
  ['https://010.8.8.8/', 'disguised'],
  ['https://mcp。example.com/', 'disguised'],
  ['https://mcp%2eexample.com/', 'disguised'],
  ['https://ｍcp.example.com/', 'disguised'],
  ['https://mcp.example.com./', 'trailing_dot'],
  ['https://mcp.example.com../', 'trailing_dot'],
  ['https://8.8.8.8./', 'trailing_dot'],
  ['https://bücher.example/', 'international', 'warned'],
  ['https://gооgle.com/', 'international', 'warned'],
  ['https://256.1.1.1/', 'host'],
  ['https://1.2.3.4.5/', 'host'],
  ['https://08.1.1.1/', 'host'],
  ['https://mcp_server.example.com/', 'host'],
  ['https://-mcp.example.com/', 'host'],
  ['https://mcp-.example.com/', 'host'],
  ['https://mcp..example.com/', 'host'],
  ['https://./', 'host'],
  [`https://${long}.example.com/`, 'host'],
  [`https://${'a.'.repeat(126)}com/`, 'host'],
  ['https://[fe80::1%25eth0]/', 'host'],
  ['https://[::1/', 'host'],
  ['https://[1.2.3.4]/', 'host'],
  ['https://*.example.com/', 'host'],
  // Credentials.
  ['https://user:secret@mcp.example.com/', 'credentials'],
  ['https://user@mcp.example.com/', 'credentials'],
  ['https://@mcp.example.com/', 'credentials'],
  ['https://mcp.example.com@127.0.0.1/', 'loopback'],
  ['https://a@b@mcp.example.com/', 'credentials'],
  ['https://mcp.example.com/?api_key=x', 'credential_query', 'warned'],
  ['https://mcp.example.com/?access_token=x', 'credential_query', 'warned'],
  ['https://mcp.example.com/?a=b&tavilyApiKey=x', 'credential_query', 'warned'],
  // Ports.
  ['https://mcp.example.com:1/', undefined],
  ['https://mcp.example.com:65535/', undefined],
  ['https://mcp.example.com:0/', 'port'],
  ['https://mcp.example.com:65536/', 'port'],
  ['https://mcp.example.com:999999/', 'port'],
  ['https://mcp.example.com:-1/', 'port'],
  ['https://mcp.example.com:http/', 'port'],
  ['https://mcp.example.com:/', 'port'],
  ['https://mcp.example.com:443:443/', 'port'],
  ...[22, 23, 25, 110, 143, 993, 995].map(
    (port): EndpointRow => [`https://mcp.example.com:${port}/`, 'service_port']
  ),
  ['https://mcp.example.com:0022/', 'service_port'],
  // Path and fragment.
  ['https://mcp.example.com/#x', 'fragment'],
  ['https://mcp.example.com#', 'fragment'],
  ['https://mcp.example.com/a/../b', 'path'],
  ['https://mcp.example.com/a/%2e%2E/b', 'path'],
  ['https://mcp.example.com/./b', 'path'],
  ['https://mcp.example.com/a%00b', 'path'],
  ['https://mcp.example.com/?a=%0d%0ab', 'path'],
  ['https://mcp.example.com/a%', 'path'],
  ['https://mcp.example.com/ü', 'path'],
  // Characters that no URL holds.
  ['https://mcp.example.com/<script>', 'injection'],
  ['https://mcp.example.com/a b', 'injection'],
  ['https://mcp.example.com/\r\nHost: x', 'injection'],
  ['https://mcp.example.com/`id`', 'injection'],
  ['https://mcp.example.com/${HOME}', 'injection'],
  ['https://mcp.example.com/a|b', 'injection'],
  ['https://mcp.example.com\\@evil.example/', 'injection'],
  ['https://mcp.example.com/\u202e', 'injection'],
  ['https://mcp.exa\tmple.com/', 'injection'],
  // Services of a cluster.
  ['docs.tools.svc.cluster.local', 'private', 'warned'],
  ['docs.tools.svc.cluster.local:8080', 'private', 'warned'],
  ['http://docs.tools.svc.cluster.local:8080/mcp', 'private', 'warned'],
  ['tools.svc.cluster.local', 'private'],
  ['docs.tools.svc.cluster.local:0', 'private'],
  ['docs.tools.svc.cluster.local:99999', 'private'],
  ['docs.tools.svc.cluster.local:http', 'private'],
  ['do_cs.tools.svc.cluster.local', 'private'],
  [`${long}.tools.svc.cluster.local`, 'private'],
  ['docs..svc.cluster.local', 'private'],
  ['docs.tools.svc.cluster.local.evil.example', 'malformed']
]

const endpoint = 'https://mcp.example.com/mcp'
const remote = (rest: object) => ({ endpoint, ...rest })
const local = (rest: object) => ({ command: 'npx', ...rest })

/** One server, commands allowed: the first error in production. */
export const servers: readonly (readonly [unknown, IssueCode | undefined])[] = [
  [endpoint, undefined],
  [remote({}), undefined],
  // Types.
  ...[1, true, null, [], [endpoint], NaN].map((entry) => [entry, 'entry'] as const),
  [() => endpoint, 'not_plain'],
  [10n, 'not_plain'],
  [new Map([['endpoint', endpoint]]), 'not_plain'],
  [new Date(0), 'not_plain'],
  [{}, 'field'],
  [{ endpoint: 1 }, 'field'],
  [{ url: endpoint }, 'field'],
  [remote({ endpoints: [] }), 'field'],
  [remote({ enabled: 'yes' }), 'field'],
  [remote({ enabled: false, metadata: { team: 'a' } }), undefined],
  [{ endpoint: 'http://127.0.0.1/', wrong: 1 }, 'field'],
  // Timeouts.
  ...[1, 1.5, 30, 31, 300].map((timeout) => [remote({ timeout }), undefined] as const),
  ...[0, 0.9, 300.1, 301, 3600, -1, NaN, Infinity, true, false, '30', null, [30]].map(
    (timeout) => [remote({ timeout }), 'timeout'] as const
  ),
  // Connection types.
  ...['external_route', 'streamable_http', 'streamable-http', 'HTTP', 'sse', 'auto'].map(
    (connection_type) => [remote({ connection_type }), undefined] as const
  ),
  ...['mock', 'cluster_service', 'stdio', 'websocket', 'toString', ''].map(
    (connection_type) => [remote({ connection_type }), 'connection_type'] as const
  ),
  // Headers.
  [
    remote({ headers: { 'X-Tenant': 'a', 'X-Key': { env: 'KEY' }, 'X-File': { file: '/k' } } }),
    undefined
  ],
  ...[
    { 'X Bad': 'a' },
    { 'X-Bad\r\n': 'a' },
    { '': 'a' },
    { 'X-Bad': 'a\r\nHost: b' },
    { 'X-Bad': 'a\0' },
    { 'X-Bad': 'ž' },
    { Host: 'other.example' },
    { 'content-length': '0' },
    { Connection: 'close' },
    { 'Mcp-Session-Id': 'x' },
    { 'X-A': '1', 'x-a': '2' }
  ].map((headers) => [remote({ headers }), 'header'] as const),
  [remote({ headers: { 'X-Tenant': 1 } }), 'field'],
  [remote({ headers: [] }), 'field'],
  // Credentials.
  [remote({ auth: { scheme: 'bearer', token: { env: 'TOKEN' } } }), undefined],
  [remote({ auth: { scheme: 'header', name: 'X-Key', token: { file: '/run/key' } } }), undefined],
  [remote({ auth: { scheme: 'header', name: 'Host', token: 'a' } }), 'header'],
  [remote({ auth: { scheme: 'basic', token: 'a' } }), 'field'],
  [remote({ auth: { scheme: 'bearer' } }), 'field'],
  [remote({ auth: { scheme: 'bearer', token: { env: 'A', file: 'b' } } }), 'field'],
  [remote({ auth_token: 'a' }), undefined],
  [remote({ auth_token: 'a', auth: { scheme: 'bearer', token: 'b' } }), 'field'],
  ...(
    [
      ['https://login.example.com/token', undefined],
      ['http://169.254.169.254/token', 'metadata'],
      ['https://10.0.0.1/token', 'private']
    ] as const
  ).map(
    ([tokenUrl, first]) =>
      [
        remote({ auth: { scheme: 'oauth2', tokenUrl, clientId: 'a', clientSecret: { env: 'S' } } }),
        first
      ] as const
  ),
  // Programs.
  [
    local({
      args: ['-y', 'pkg', '$(id); `x`'],
      env: { KEY: 'v', OTHER: { env: 'KEY' } },
      cwd: '/srv'
    }),
    undefined
  ],
  [local({ connection_type: 'stdio', timeout: 10 }), undefined],
  [local({ connection_type: 'sse' }), 'connection_type'],
  [local({ endpoint }), 'field'],
  [local({ headers: {} }), 'field'],
  [local({ args: 'x' }), 'field'],
  [local({ args: [1] }), 'field'],
  [local({ args: ['a\0b'] }), 'command_text'],
  [local({ env: { 'A-B': 'x' } }), 'field'],
  [local({ env: { A: 'x\0' } }), 'field'],
  [local({ env: { A: 1 } }), 'field'],
  ...['', 'sh; id', 'a | b', 'a && b', '`id`', 'x > y', '${SHELL}', '-x', 'a\nb', 'a\u202eb'].map(
    (command) => [{ command }, 'command_text'] as const
  ),
  [{ command: '/opt/My Tools/server' }, undefined],
  [{ command: ['npx'] }, 'field']
]

const named = (name: string) => JSON.stringify({ [name]: endpoint })
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, endpoint]))
const padded = (bytes: number) => named('a').padEnd(bytes, ' ')

/** Configurations as a whole: the first error in production, without commands. */
export const wholes: readonly (readonly [string, unknown, IssueCode | undefined])[] = [
  ['text of 51,200 bytes', padded(51_200), undefined],
  ['text of 51,201 bytes', padded(51_201), 'too_large'],
  ['bytes count, not characters', `{"é${'é'.repeat(25_600)}":"x"}`, 'too_large'],
  ['object of 51,201 bytes', { a: endpoint, metadata: { x: 'x'.repeat(51_200) } }, 'too_large'],
  ['50 servers', many(50), undefined],
  ['51 servers', many(51), 'too_many_servers'],
  ['50 servers and what stands beside', { ...many(50), timeout: 30, metadata: {} }, undefined],
  ['no server', {}, 'no_servers'],
  ['no server, only settings', { timeout: 30 }, 'no_servers'],
  ['an empty block', { mcpServers: {} }, 'no_servers'],
  ['not JSON', '{"a":', 'not_json'],
  ['empty text', '', 'not_json'],
  ['single quotes', "{'a': 1}", 'not_json'],
  ['NaN', '{"a": {"endpoint": "x", "timeout": NaN}}', 'not_json'],
  ['a list', '[]', 'not_object'],
  ['null', 'null', 'not_object'],
  ['a text in JSON', '"https://mcp.example.com"', 'not_object'],
  ['undefined', undefined, 'not_object'],
  ['a number', 1, 'not_object'],
  ['100 levels', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'too_deep'],
  ['25,000 levels', '['.repeat(25_000) + ']'.repeat(25_000), 'too_deep'],
  // Names.
  ...['a', 'My Server (beta)', 'a.b/c', 'ünï', 'a'.repeat(100)].map(
    (name) => [`name ${name}`, named(name), undefined] as const
  ),
  ...[
    ...[
      '',
      ' ',
      'a ',
      'a'.repeat(101),
      '<b>',
      'a"b',
      "a'b",
      'a`b',
      'a;b',
      'a|b',
      'a&b',
      '${a}',
      '../a'
    ],
    ...['__init__', 'x__class__', 'a\nb', 'a\u0000', 'a\u202eb', '\ud800']
  ].map((name) => [`name ${JSON.stringify(name)}`, named(name), 'name'] as const),
  // Prototype keys.
  ...['__proto__', 'constructor', 'prototype', '\\u005f_proto__'].map(
    (key) => [`key ${key}`, `{"a":"${endpoint}","${key}":"${endpoint}"}`, 'forbidden_key'] as const
  ),
  [
    'deep prototype key',
    `{"a":"${endpoint}","metadata":{"x":[{"__proto__":{}}]}}`,
    'forbidden_key'
  ],
  // Duplicate keys.
  ['server twice', `{"a":"${endpoint}","a":"http://127.0.0.1/"}`, 'repeated_key'],
  ['escaped twin', `{"a":"${endpoint}","\\u0061":"${endpoint}"}`, 'repeated_key'],
  ['field twice', `{"a":{"endpoint":"${endpoint}","endpoint":"${endpoint}"}}`, 'repeated_key'],
  [
    'same key in two servers',
    { a: { endpoint, timeout: 1 }, b: { endpoint, timeout: 1 } },
    undefined
  ],
  // Settings among the servers.
  [
    'all settings',
    {
      a: endpoint,
      timeout: 10,
      default_timeout: 20,
      auth_token: 'x',
      health_check_interval: 300,
      max_retries: 3,
      metadata: { team: 'x' }
    },
    undefined
  ],
  ['timeout', { a: endpoint, timeout: 301 }, 'timeout'],
  ['timeout true', { a: endpoint, timeout: true }, 'timeout'],
  ['timeout NaN', { a: endpoint, timeout: NaN }, 'timeout'],
  ['default_timeout', { a: endpoint, default_timeout: 0 }, 'timeout'],
  ['health_check_interval', { a: endpoint, health_check_interval: 0 }, 'wrong_setting'],
  ['max_retries', { a: endpoint, max_retries: 1.5 }, 'wrong_setting'],
  ['metadata', { a: endpoint, metadata: 'x' }, 'wrong_setting'],
  ['auth_token', { a: endpoint, auth_token: 1 }, 'wrong_setting'],
  ['a server called metadata', { a: endpoint, metadata: { endpoint } }, 'reserved_name'],
  ['a server called finance', { finance: endpoint }, 'reserved_name'],
  ['a server called finance.x', { mcpServers: { 'finance.x': { endpoint } } }, 'reserved_name'],
  ['a server called all', { servers: { all: endpoint } }, 'reserved_name'],
  ['a server called Finance', { Finance: endpoint, finances: endpoint }, undefined],
  // Blocks.
  ['servers', { servers: { a: endpoint }, default_timeout: 5 }, undefined],
  ['a server called servers', { servers: endpoint }, undefined],
  ['a server called servers, as object', { servers: { endpoint } }, undefined],
  ['both blocks', { servers: { a: endpoint }, mcpServers: { b: { url: endpoint } } }, 'two_blocks'],
  ['a client’s file', { mcpServers: { timeout: { url: endpoint } }, theme: 'dark' }, undefined],
  // Commands come from files only.
  ['command', { a: { command: 'npx' } }, 'command'],
  ['command of a client', { mcpServers: { a: { command: 'npx', args: [] } } }, 'command']
]
