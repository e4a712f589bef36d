import { count, flag, name, type SettingRow, seconds } from './setting-row.ts'

const docs = { docs: 'https://mcp.example.com/mcp' }

/** Which MCP servers stand behind this one, and how they are connected to. */
export const clientRows: readonly SettingRow[] = [
  {
    key: 'servers',
    env: ['MCP_SERVERS'],
    variable: [JSON.stringify(docs), JSON.stringify(docs)],
    file: docs,
    default: undefined,
    badInFile: [7, [], ''],
    secret: true
  },
  {
    key: 'client.production',
    env: ['MCP_PRODUCTION_MODE'],
    variable: ['false', false],
    file: false,
    default: true,
    ...flag
  },
  {
    key: 'client.verifyTls',
    env: ['MCP_VERIFY_SSL'],
    variable: ['off', false],
    file: false,
    default: true,
    ...flag
  },
  {
    key: 'client.maxConnections',
    env: ['MCP_MAX_CONNECTIONS'],
    variable: ['5', 5],
    file: 3,
    default: 10,
    bad: ['0', '1000', ...count.bad],
    badInFile: [0, 1000, ...count.badInFile]
  },
  {
    key: 'client.timeoutMs',
    env: ['MCP_TIMEOUT'],
    variable: ['2.5', 2500],
    file: 1500,
    default: 30_000,
    ...seconds
  },
  {
    key: 'client.healthMs',
    env: ['MCP_HEALTH_CHECK_INTERVAL'],
    variable: ['60', 60_000],
    file: 1500,
    default: 300_000,
    ...seconds
  },
  {
    key: 'client.retries',
    env: ['MCP_MAX_RETRIES'],
    variable: ['0', 0],
    file: 1,
    default: 3,
    bad: ['11', ...count.bad],
    badInFile: [11, ...count.badInFile]
  },
  {
    key: 'client.token',
    env: ['MCP_CLIENT_AUTH_TOKEN'],
    variable: ['client-1', 'client-1'],
    file: 'client-2',
    default: undefined,
    secret: true,
    ...name
  }
]
