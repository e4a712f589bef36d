import { count, flag, name, type SettingRow, seconds } from './setting-row.ts'

const url = { bad: ['ftp://x', 'localhost'], badInFile: ['ftp://x', 7] }

/** Which REST APIs are mounted, and how they are called. */
export const apiRows: readonly SettingRow[] = [
  {
    key: 'allowWrites',
    flags: ['--allow-writes'],
    env: ['MCP_ALLOW_WRITES'],
    flag: ['true', true],
    variable: ['yes', true],
    file: true,
    default: false,
    ...flag
  },
  { key: 'apis', file: [], default: [], badInFile: [7, ['text'], [{ name: 'no document' }]] },
  {
    key: 'api.openapi',
    flags: ['--openapi'],
    flag: ['a.yaml', 'a.yaml'],
    file: 'b.yaml',
    default: undefined,
    ...name
  },
  {
    key: 'api.baseUrl',
    flags: ['--api-base-url'],
    env: ['API_BASE_URL'],
    flag: ['https://a.example/api', 'https://a.example/api'],
    variable: ['http://b.example', 'http://b.example'],
    file: 'https://c.example',
    default: undefined,
    ...url
  },
  {
    key: 'api.token',
    env: ['API_AUTH_TOKEN'],
    variable: ['upstream-1', 'upstream-1'],
    file: 'upstream-2',
    default: undefined,
    secret: true,
    ...name
  },
  {
    key: 'api.timeoutMs',
    env: ['UPSTREAM_TIMEOUT', 'HTTPX_TIMEOUT'],
    variable: ['2.5', 2500],
    file: 1500,
    default: 30_000,
    ...seconds
  },
  {
    key: 'api.attempts',
    env: ['UPSTREAM_RETRIES', 'HTTPX_RETRIES'],
    variable: ['2', 2],
    file: 1,
    default: 3,
    ...count
  },
  {
    key: 'api.backoffFactor',
    env: ['UPSTREAM_BACKOFF_FACTOR', 'HTTPX_BACKOFF_FACTOR'],
    variable: ['0.25', 0.25],
    file: 2,
    default: 0.5,
    bad: ['-1', 'soon'],
    badInFile: [-1, 'soon']
  },
  {
    key: 'api.maxSockets',
    env: ['UPSTREAM_MAX_CONNECTIONS'],
    variable: ['5', 5],
    file: 6,
    default: 100,
    ...count
  },
  {
    key: 'api.keepAliveSockets',
    env: ['UPSTREAM_MAX_KEEPALIVE'],
    variable: ['5', 5],
    file: 6,
    default: 20,
    ...count
  },
  {
    key: 'api.cacheTtlMs',
    env: ['MCP_CACHE_TTL'],
    variable: ['300', 300_000],
    file: 1000,
    default: undefined,
    ...seconds
  }
]
