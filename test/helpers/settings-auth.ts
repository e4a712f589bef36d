import { count, flag, list, name, type SettingRow } from './setting-row.ts'

/** Who may come in, and what the client on stdin may do. */
const auth: readonly SettingRow[] = [
  {
    key: 'auth.required',
    env: ['MCP_AUTH_REQUIRED'],
    variable: ['no', false],
    file: false,
    default: true,
    ...flag
  },
  {
    key: 'auth.token',
    env: ['MCP_AUTH_TOKEN'],
    variable: ['token-of-the-environment', 'token-of-the-environment'],
    file: 'token-of-the-file',
    default: undefined,
    badInFile: [7_777_777, ['secret-7'], ''],
    secret: true
  },
  {
    key: 'auth.apiKeys',
    env: ['MCP_API_KEYS'],
    variable: ['key-1, key-2', ['key-1', 'key-2']],
    file: ['key-of-the-file'],
    default: [],
    badInFile: [7_777_777, 'secret-7', [7_777_777], ['']],
    secret: true
  },
  {
    key: 'auth.tokenFile',
    env: ['MCP_AUTH_TOKEN_FILE'],
    variable: ['/run/tokens', '/run/tokens'],
    file: '/etc/tokens',
    default: undefined,
    ...name
  },
  {
    key: 'auth.keyStore',
    env: ['MCP_KEYS_FILE'],
    variable: ['/run/keys.json', '/run/keys.json'],
    file: '/etc/keys.json',
    default: '~/.config/portcullis/keys.json',
    ...name
  },
  {
    key: 'auth.keyMaxAgeDays',
    env: ['MCP_KEY_MAX_AGE_DAYS'],
    variable: ['90', 90],
    file: 365,
    default: undefined,
    ...count
  },
  {
    key: 'auth.jwt.issuer',
    env: ['MCP_JWT_ISSUER'],
    variable: ['https://id.example', 'https://id.example'],
    file: 'https://id.example/realms/a',
    default: undefined,
    bad: ['id.example', '/id'],
    badInFile: ['id.example', 7]
  },
  {
    key: 'auth.jwt.audience',
    env: ['MCP_JWT_AUDIENCE'],
    variable: ['https://mcp.example/mcp', 'https://mcp.example/mcp'],
    file: 'portcullis',
    default: undefined,
    ...name
  },
  {
    key: 'auth.jwt.jwksUri',
    env: ['MCP_JWKS_URI'],
    variable: ['https://id.example/keys', 'https://id.example/keys'],
    file: 'http://127.0.0.1:9000/keys',
    default: undefined,
    bad: [
      'http://id.example/keys',
      'http://127.0.0.1.id.example/keys',
      'https://user:word@id.example/keys',
      'file:///etc/keys',
      'keys'
    ],
    badInFile: ['http://id.example/keys', 7]
  },
  {
    key: 'auth.jwt.firebaseProject',
    env: ['MCP_FIREBASE_PROJECT'],
    variable: ['my-project-1', 'my-project-1'],
    file: 'my-project-2',
    default: undefined,
    bad: ['My Project', 'a', '1-project', 'project/..'],
    badInFile: ['a b', 7]
  },
  {
    key: 'auth.allowInsecure',
    env: ['MCP_ALLOW_INSECURE'],
    variable: ['1', true],
    file: true,
    default: false,
    ...flag
  }
]

const stdio: readonly SettingRow[] = [
  {
    key: 'stdio.scopes',
    env: ['MCP_STDIO_SCOPES'],
    variable: ['a.read, b.read', ['a.read', 'b.read']],
    file: ['c.read'],
    default: undefined,
    ...list
  },
  {
    key: 'stdio.tools',
    env: ['MCP_STDIO_TOOLS'],
    variable: ['get_*', ['get_*']],
    file: ['list_*'],
    default: undefined,
    ...list
  }
]

export const authRows: readonly SettingRow[] = [...auth, ...stdio]
