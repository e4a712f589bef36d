import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import { runSnippet } from '../bin/snippet.ts'
import { executable, isOneLine, run } from './helpers/executable.ts'
import { recordTerminal } from './helpers/terminal.ts'

const url = 'https://mcp.example.com/mcp'
const installed = '/home/alice/.npm/_npx/1/node_modules/portcullis-mcp/dist/bin/mcp-server.js'
const npx = { command: 'npx', args: ['-y', 'portcullis-mcp'] }

/** The words that a shell makes of a command, its first one left out. */
function readShell(text: string): readonly string[] {
  const script = `claude() { printf '%s\\0' "$@"; }\n${text}`
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

/** The part of TOML that a table of texts and lists of texts needs. */
function readToml(text: string): unknown {
  const [head = '', ...lines] = text.trimEnd().split('\n')
  const [, table] = /^\[([\w.-]+)\]$/.exec(head) ?? []
  const pairs = lines.map((line) => {
    const [, key, value] = /^([\w-]+) = (".*"|\[.*\])$/.exec(line) ?? []
    return [key, JSON.parse(value!)]
  })
  return { [table!]: Object.fromEntries(pairs) }
}

interface Row {
  readonly read: (text: string) => unknown
  readonly local: unknown
  readonly remote: unknown
  readonly place: RegExp
}

const rows: Readonly<Record<string, Row>> = {
  'claude-desktop': {
    read: JSON.parse,
    local: { mcpServers: { portcullis: npx } },
    remote: {
      mcpServers: {
        portcullis: {
          command: 'npx',
          args: ['-y', 'mcp-remote', url, '--header', 'Authorization:$' + '{AUTH_HEADER}'],
          env: { AUTH_HEADER: 'Bearer YOUR_KEY' }
        }
      }
    },
    place: /claude_desktop_config\.json/
  },
  'claude-code': {
    read: readShell,
    local: ['mcp', 'add', 'portcullis', '--', 'npx', '-y', 'portcullis-mcp'],
    remote: [
      ...['mcp', 'add-json', '--scope', 'project', 'portcullis'],
      JSON.stringify({
        type: 'http',
        url,
        headers: { Authorization: 'Bearer $' + '{PORTCULLIS_KEY}' }
      })
    ],
    place: /shell/
  },
  vscode: {
    read: JSON.parse,
    local: { servers: { portcullis: { type: 'stdio', ...npx } } },
    remote: {
      servers: {
        portcullis: {
          type: 'http',
          url,
          headers: { Authorization: 'Bearer $' + '{input:portcullis-key}' }
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
    },
    place: /\.vscode\/mcp\.json/
  },
  cursor: {
    read: JSON.parse,
    local: { mcpServers: { portcullis: npx } },
    remote: {
      mcpServers: {
        portcullis: { url, headers: { Authorization: 'Bearer $' + '{env:PORTCULLIS_KEY}' } }
      }
    },
    place: /\.cursor\/mcp\.json/
  },
  codex: {
    read: readToml,
    local: { 'mcp_servers.portcullis': npx },
    remote: { 'mcp_servers.portcullis': { url, bearer_token_env_var: 'PORTCULLIS_KEY' } },
    place: /\.codex\/config\.toml/
  },
  gemini: {
    read: JSON.parse,
    local: { mcpServers: { portcullis: npx } },
    remote: {
      mcpServers: {
        portcullis: { httpUrl: url, headers: { Authorization: 'Bearer $' + '{PORTCULLIS_KEY}' } }
      }
    },
    place: /\.gemini\/settings\.json/
  },
  windsurf: {
    read: JSON.parse,
    local: { mcpServers: { portcullis: npx } },
    remote: {
      mcpServers: {
        portcullis: {
          serverUrl: url,
          headers: { Authorization: 'Bearer $' + '{env:PORTCULLIS_KEY}' }
        }
      }
    },
    place: /\.codeium\/windsurf\/mcp_config\.json/
  }
}

function snippet(client: string, flags: Parameters<typeof runSnippet>[1] = {}, from = installed) {
  const terminal = recordTerminal()
  runSnippet([client], flags, terminal, from)
  return terminal.said
}

t.test('every client gets the shape that it documents', async (t) => {
  for (const [client, { read, local, remote, place }] of Object.entries(rows)) {
    const here = snippet(client)
    t.same(read(here.out), local, `${client}: local`)
    t.match(here.notes, place, client)
    const there = snippet(client, { url })
    t.same(read(there.out), remote, `${client}: remote`)
    t.match(there.notes, place, client)
    t.notMatch(here.out + there.out, /npx mcp-server/, client)
  }
})

t.test(
  'a checkout is started by its path, with the configuration file that was given',
  async (t) => {
    for (const [client, { read }] of Object.entries(rows)) {
      const config = "/etc/it's here/gate.yaml"
      const { out } = snippet(client, { configFile: config }, executable)
      const text = JSON.stringify(read(out))
      for (const word of [process.execPath, executable, config]) t.match(text, word, client)
    }
  }
)

t.test('plain http beyond this machine and a missing path are told', async (t) => {
  for (const client of Object.keys(rows)) {
    const { notes, out } = snippet(client, { url: 'http://10.0.0.7:8080' })
    t.match(notes, /over http everybody on the way reads the key/, client)
    t.match(notes, /has no path/, client)
    t.equal(out.includes('--allow-http'), client === 'claude-desktop', client)
    const loopback = snippet(client, { url: 'http://[::1]:8080/mcp' })
    t.notMatch(`${loopback.notes}${loopback.out}`, /everybody|allow-http|no path/, client)
  }
})

t.test('the executable prints the entry on stdout and nothing but it', async (t) => {
  const ended = await run(['snippet', 'gemini', '--url', url], { PORTCULLIS_KEY: 'a-real-key' })
  t.strictSame([ended.code, JSON.parse(ended.stdout)], [0, rows.gemini!.remote])
  t.match(ended.stderr, /^mcp-server: belongs into .*PORTCULLIS_KEY/)
  t.notMatch(ended.stdout + ended.stderr, /a-real-key/)
})

t.test('wrong usage: exit 2, one line, the nearest name, no part of the address', async (t) => {
  const table: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /CLIENT is claude-desktop, claude-code, vscode/],
    [['curser'], /did you mean cursor\?/],
    [['claude-desk'], /did you mean claude-desktop\?/],
    [['something-else-entirely'], /it is claude-desktop, claude-code/],
    [['cursor', 'vscode'], /use snippet CLIENT/],
    [['cursor', '--url', 'mcp.example.com'], /--url: must be such as/],
    [['cursor', '--url', 'file:///etc/passwd'], /--url: must be such as/],
    [['cursor', '--url', 'https://alice:s3cret-7@example.com/mcp'], /--url: must be such as/],
    [['cursor', '--url', 'https://example.com/mcp?key=s3cret-7'], /--url: must be such as/]
  ]
  for (const [words, expected] of table) {
    const ended = await run(['snippet', ...words])
    t.equal(ended.code, 2, words.join(' '))
    t.ok(isOneLine(ended), ended.stderr)
    t.match(ended.stderr, expected)
    t.notMatch(ended.stderr, /s3cret-7/)
  }
})

t.test('any path survives the quoting of every client', async (t) => {
  const part = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  const folder = part.filter((text) => !/[\0/]|^\.+$/.test(text) && text.trim() === text)
  const survives = fc.property(fc.constantFrom(...Object.keys(rows)), folder, (client, name) => {
    const path = `/srv/${name}/mcp-server.js`
    const read = rows[client]!.read(snippet(client, {}, path).out)
    return JSON.stringify(read).includes(JSON.stringify(path).slice(1, -1))
  })
  t.doesNotThrow(() => fc.assert(survives, { numRuns: 150 }))
})
