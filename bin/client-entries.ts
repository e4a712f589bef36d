import { isConfidential } from '../src/network.ts'

/** How a client starts this program. */
export interface Command {
  readonly command: string
  readonly args: readonly string[]
}

interface Client {
  /** Where its entry belongs. */
  readonly place: string
  local(command: Command): string
  /** The key is a reference of the client's own kind, never the key itself. */
  remote(url: URL): string
  /** What a person does so that the reference leads to the key. */
  readonly key: string
}

const name = 'portcullis'
const variable = 'PORTCULLIS_KEY'
const exportKey = `set ${variable} where the client is started`

/** What each client documents for its own file or command. */
export const clients: ReadonlyMap<string, Client> = new Map<string, Client>([
  [
    'claude-desktop',
    {
      place: 'claude_desktop_config.json (Settings, Developer, Edit Config)',
      local: (command) => inServers(command),
      // It starts programs only; mcp-remote replaces ${AUTH_HEADER} by the variable.
      remote: (url) =>
        inServers({
          command: 'npx',
          args: [
            '-y',
            'mcp-remote',
            url.href,
            ...(isConfidential(url) ? [] : ['--allow-http']),
            '--header',
            // No space behind the colon: some versions split arguments at spaces.
            reference('Authorization:$', 'AUTH_HEADER')
          ],
          env: { AUTH_HEADER: 'Bearer YOUR_KEY' }
        }),
      key: 'replace YOUR_KEY in the file: this client knows no reference to a variable'
    }
  ],
  [
    'claude-code',
    {
      place: 'a shell in the project',
      local: ({ command, args }) => shell(['claude', 'mcp', 'add', name, '--', command, ...args]),
      // In project scope the entry stands in .mcp.json, where variables are replaced.
      remote: (url) => {
        const entry = {
          type: 'http',
          url: url.href,
          headers: bearer(reference('$', variable))
        }
        const words = ['claude', 'mcp', 'add-json', '--scope', 'project', name]
        return shell([...words, JSON.stringify(entry)])
      },
      key: exportKey
    }
  ],
  [
    'vscode',
    {
      place: '.vscode/mcp.json',
      local: (command) => json({ servers: { [name]: { type: 'stdio', ...command } } }),
      remote: (url) =>
        json({
          servers: {
            [name]: {
              type: 'http',
              url: url.href,
              headers: bearer(reference('$', 'input:portcullis-key'))
            }
          },
          inputs: [
            {
              type: 'promptString',
              id: 'portcullis-key',
              description: 'Key for Portcullis',
              password: true
            }
          ]
        }),
      key: 'the client asks for the key and keeps it'
    }
  ],
  [
    'cursor',
    {
      place: '.cursor/mcp.json, or ~/.cursor/mcp.json for all projects',
      local: (command) => inServers(command),
      remote: (url) =>
        inServers({ url: url.href, headers: bearer(reference('$', `env:${variable}`)) }),
      key: exportKey
    }
  ],
  [
    'codex',
    {
      place: '~/.codex/config.toml',
      local: (command) => toml({ ...command }),
      remote: (url) => toml({ url: url.href, bearer_token_env_var: variable }),
      key: exportKey
    }
  ],
  [
    'gemini',
    {
      place: '~/.gemini/settings.json, or .gemini/settings.json in a project',
      local: (command) => inServers(command),
      // `url` would mean the transport of 2024.
      remote: (url) => inServers({ httpUrl: url.href, headers: bearer(reference('$', variable)) }),
      key: exportKey
    }
  ],
  [
    'windsurf',
    {
      place: '~/.codeium/windsurf/mcp_config.json',
      local: (command) => inServers(command),
      remote: (url) =>
        inServers({ serverUrl: url.href, headers: bearer(reference('$', `env:${variable}`)) }),
      key: exportKey
    }
  ]
])

/** Such as `${NAME}`: put together, since a linter takes it for a forgotten template. */
function reference(before: string, inner: string): string {
  return `${before}{${inner}}`
}

function bearer(key: string): { readonly Authorization: string } {
  return { Authorization: `Bearer ${key}` }
}

function inServers(entry: object): string {
  return json({ mcpServers: { [name]: entry } })
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Texts and lists of texts read the same in TOML and in JSON. */
function toml(entry: Readonly<Record<string, string | readonly string[]>>): string {
  const lines = Object.entries(entry).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
  return `[mcp_servers.${name}]\n${lines.join('')}`
}

function shell(words: readonly string[]): string {
  const quoted = words.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
  )
  return `${quoted.join(' ')}\n`
}
