import { count, flag, list, name, type SettingRow } from './setting-row.ts'

/** What is served, and where. */
const choice: readonly SettingRow[] = [
  {
    key: 'lock.file',
    env: ['MCP_TOOLS_LOCK'],
    variable: ['a/tools.lock', 'a/tools.lock'],
    file: 'b/tools.lock',
    default: undefined,
    ...name
  },
  {
    key: 'transport',
    flags: ['--mode'],
    env: ['MCP_TRANSPORT'],
    flag: ['http', 'http'],
    variable: ['both', 'both'],
    file: 'stdio',
    default: 'stdio',
    bad: ['carrier-pigeon'],
    badInFile: ['carrier-pigeon', 7]
  },
  {
    key: 'toolsets',
    flags: ['--toolsets'],
    env: ['MCP_TOOLSETS'],
    flag: ['a,b', ['a', 'b']],
    variable: [' c , d,', ['c', 'd']],
    file: ['e'],
    default: undefined,
    ...list
  },
  {
    key: 'tools',
    flags: ['--tools'],
    env: ['MCP_TOOLS'],
    flag: ['get_*', ['get_*']],
    variable: ['list_*', ['list_*']],
    file: ['a_*'],
    default: undefined,
    ...list
  },
  {
    key: 'excludeTools',
    flags: ['--exclude-tools'],
    env: ['MCP_EXCLUDE_TOOLS'],
    flag: ['get_*', ['get_*']],
    variable: ['list_*', ['list_*']],
    file: ['a_*'],
    default: [],
    ...list
  },
  {
    key: 'discovery',
    flags: ['--discovery'],
    env: ['MCP_DISCOVERY'],
    flag: ['true', true],
    variable: ['on', true],
    file: true,
    default: false,
    ...flag
  },
  {
    key: 'modules',
    flags: ['--module'],
    flag: ['a.mjs', ['a.mjs']],
    file: ['b.mjs'],
    default: [],
    ...list
  },
  {
    key: 'demo',
    flags: ['--demo'],
    flag: ['true', true],
    file: true,
    default: false,
    badInFile: flag.badInFile
  },
  {
    key: 'env',
    env: ['MCP_ENV'],
    variable: ['development', 'development'],
    file: 'production',
    default: 'development',
    bad: ['prod', 'Production!'],
    badInFile: ['prod']
  }
]

const http: readonly SettingRow[] = [
  {
    key: 'http.port',
    flags: ['--port', '--http'],
    env: ['MCP_HTTP_PORT', 'MCP_PORT', 'LISTEN_PORT'],
    flag: ['9001', 9001],
    variable: ['9002', 9002],
    file: 9003,
    default: 8080,
    bad: ['65536', ...count.bad],
    badInFile: [65_536, ...count.badInFile]
  },
  {
    key: 'http.host',
    flags: ['--host'],
    env: ['MCP_HOST', 'LISTEN_HOST'],
    flag: ['::1', '::1'],
    variable: ['localhost', 'localhost'],
    file: '127.0.0.2',
    default: '127.0.0.1',
    ...name
  },
  {
    key: 'http.path',
    flags: ['--path'],
    env: ['MCP_PATH'],
    flag: ['/a', '/a'],
    variable: ['/b/c', '/b/c'],
    file: '/d',
    default: '/mcp',
    bad: ['mcp', '/', '/a/', '/a b', '/a?b', '//a', '/:a', '/*'],
    badInFile: ['mcp', 7]
  },
  {
    key: 'http.socket',
    flags: ['--socket'],
    env: ['MCP_SOCKET'],
    flag: ['/run/a.sock', '/run/a.sock'],
    variable: ['/run/b.sock', '/run/b.sock'],
    file: '/run/c.sock',
    default: undefined,
    ...name
  },
  {
    key: 'http.tls.cert',
    env: ['MCP_TLS_CERT'],
    variable: ['/run/a.pem', '/run/a.pem'],
    file: '/run/b.pem',
    default: undefined,
    ...name
  },
  {
    key: 'http.tls.key',
    env: ['MCP_TLS_KEY'],
    variable: ['/run/a.key', '/run/a.key'],
    file: '/run/b.key',
    default: undefined,
    ...name
  },
  {
    key: 'http.tls.clientCa',
    env: ['MCP_TLS_CLIENT_CA'],
    variable: ['/run/ca.pem', '/run/ca.pem'],
    file: '/run/cb.pem',
    default: undefined,
    ...name
  },
  {
    key: 'http.allowedOrigins',
    env: ['ALLOWED_ORIGINS', 'MCP_ALLOWED_ORIGINS'],
    variable: [
      'https://a.example,https://b.example:8443',
      ['https://a.example', 'https://b.example:8443']
    ],
    file: ['https://c.example'],
    default: ['http://localhost:8080'],
    bad: ['a.example', 'https://a.example/', 'https://a.example/path', 'https://*.example', 'null'],
    badInFile: ['https://c.example', ['c.example']]
  },
  {
    key: 'http.allowedHosts',
    env: ['MCP_ALLOWED_HOSTS'],
    variable: ['a.example,b.example', ['a.example', 'b.example']],
    file: ['c.example'],
    default: undefined,
    ...list
  },
  {
    key: 'http.trustProxy',
    env: ['MCP_TRUST_PROXY'],
    variable: ['10.0.0.0/8,::1', ['10.0.0.0/8', '::1']],
    file: ['192.0.2.1'],
    default: [],
    bad: ['proxy.example', 'true', '1', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/8/8', '::1/129'],
    badInFile: [true, ['proxy.example']]
  },
  {
    key: 'http.maxConnections',
    env: ['MCP_MAX_INBOUND_CONNECTIONS'],
    variable: ['50', 50],
    file: 60,
    default: 1000,
    ...count
  },
  {
    key: 'http.maxConnectionsPerAddress',
    env: [],
    file: 60,
    default: 100,
    ...count
  },
  {
    key: 'http.drainWaitMs',
    env: ['MCP_DRAIN_WAIT'],
    variable: ['2.5', 2500],
    file: 1000,
    default: 0,
    bad: ['-1', 'soon', '601'],
    badInFile: ['soon', 1.5, -1, 600_001]
  },
  {
    key: 'http.maxLoopDelayMs',
    env: ['MCP_MAX_LOOP_DELAY'],
    variable: ['1.5', 1500],
    file: 3000,
    default: 2000,
    bad: ['-1', '0', '0.1', 'soon'],
    badInFile: ['soon', 0, 1.5, -1]
  },
  {
    key: 'http.infoPublic',
    env: ['MCP_INFO_PUBLIC'],
    variable: ['off', false],
    file: false,
    default: true,
    ...flag
  },
  {
    key: 'http.metricsPublic',
    env: ['MCP_METRICS_PUBLIC'],
    variable: ['on', true],
    file: true,
    default: false,
    ...flag
  }
]

export const servingRows: readonly SettingRow[] = [...choice, ...http]
