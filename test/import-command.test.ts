import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { readServers } from '../index.ts'
import { importServers } from '../tools/upstream/import/servers.ts'
import { isOneLine, run } from './helpers/executable.ts'

const dollar = '$'
const url = 'https://mcp.example.com/mcp'

/** Each program's own form, and what it becomes. */
const samples: readonly (readonly [string, unknown, unknown, (readonly string[])?])[] = [
  [
    'Claude Desktop, Cline, LM Studio',
    {
      globalShortcut: 'x',
      mcpServers: {
        files: {
          command: 'npx',
          args: ['-y', 'pkg', '/srv'],
          env: { API_KEY: 's3cret', LANG: 'C' }
        }
      }
    },
    {
      files: {
        command: 'npx',
        args: ['-y', 'pkg', '/srv'],
        env: { API_KEY: { env: 'API_KEY' }, LANG: 'C' }
      }
    },
    ['API_KEY files.env.API_KEY']
  ],
  [
    'Claude Desktop through mcp-remote',
    {
      mcpServers: {
        docs: {
          type: 'stdio',
          command: 'npx',
          args: [
            '-y',
            'mcp-remote@latest',
            url,
            '--header',
            `Authorization:${dollar}{AUTH}`,
            '--header',
            'X-Team: a'
          ],
          env: { AUTH: 'Bearer s3cret' }
        }
      }
    },
    {
      docs: {
        endpoint: url,
        headers: { 'X-Team': 'a' },
        auth: { scheme: 'bearer', token: { env: 'DOCS_TOKEN' } }
      }
    },
    ['DOCS_TOKEN docs.token']
  ],
  [
    'Claude Code, Cursor',
    {
      mcpServers: {
        docs: { type: 'http', url, headers: { Authorization: `Bearer ${dollar}{DOCS}` } }
      }
    },
    {
      docs: {
        connection_type: 'http',
        endpoint: url,
        auth: { scheme: 'bearer', token: { env: 'DOCS' } }
      }
    }
  ],
  [
    'VS Code',
    {
      servers: {
        docs: {
          type: 'http',
          url,
          headers: { Authorization: `Bearer ${dollar}{input:docs-token}` }
        },
        files: {
          type: 'stdio',
          command: 'npx',
          env: { KEY: `${dollar}{env:FILES_KEY}`, ID: `${dollar}{input:id}` }
        }
      },
      inputs: [{ type: 'promptString', id: 'docs-token', password: true }]
    },
    {
      docs: {
        connection_type: 'http',
        endpoint: url,
        auth: { scheme: 'bearer', token: { env: 'DOCS_TOKEN' } }
      },
      files: {
        connection_type: 'stdio',
        command: 'npx',
        env: { KEY: { env: 'FILES_KEY' }, ID: { env: 'ID' } }
      }
    },
    ['DOCS_TOKEN docs.token', 'ID files.env.ID']
  ],
  [
    'VS Code, the old place',
    { 'editor.fontSize': 12, mcp: { servers: { docs: { url } } } },
    { docs: url }
  ],
  [
    'Gemini CLI',
    {
      theme: 'x',
      mcpServers: {
        docs: { httpUrl: url, timeout: 5000, headers: { 'X-Key': `${dollar}KEY` }, trust: true }
      }
    },
    { docs: { endpoint: url, timeout: 5, headers: { 'X-Key': { env: 'KEY' } } } }
  ],
  [
    'Windsurf',
    { mcpServers: { docs: { serverUrl: url, disabled: true } } },
    { docs: { endpoint: url, enabled: false } }
  ],
  [
    'Zed',
    {
      context_servers: {
        old: { command: { path: 'npx', args: ['pkg'], env: {} } },
        now: { source: 'custom', command: 'npx', args: ['pkg'] }
      }
    },
    { old: { command: 'npx', args: ['pkg'] }, now: { command: 'npx', args: ['pkg'] } }
  ],
  [
    'opencode',
    {
      mcp: {
        files: {
          type: 'local',
          command: ['npx', '-y', 'pkg'],
          environment: { LANG: 'C' },
          enabled: true
        },
        docs: { type: 'remote', url, enabled: false }
      }
    },
    {
      files: { command: 'npx', args: ['-y', 'pkg'], env: { LANG: 'C' }, enabled: true },
      docs: { endpoint: url, enabled: false }
    }
  ],
  [
    'MetaMCP, exported',
    {
      mcpServers: {
        docs: { type: 'STREAMABLE_HTTP', description: 'x', url, bearerToken: 's3cret' },
        news: { type: 'STDIO', command: 'uvx', args: ['mcp-hn'] }
      }
    },
    {
      docs: {
        connection_type: 'STREAMABLE_HTTP',
        endpoint: url,
        auth: { scheme: 'bearer', token: { env: 'DOCS_TOKEN' } }
      },
      news: { connection_type: 'STDIO', command: 'uvx', args: ['mcp-hn'] }
    },
    ['DOCS_TOKEN docs.token']
  ],
  [
    'MetaMCP, the list of its API',
    [
      {
        uuid: '1',
        name: 'news',
        type: 'STDIO',
        command: 'uvx',
        args: ['mcp-hn'],
        env: {},
        url: null,
        bearerToken: null
      },
      {
        uuid: '2',
        name: 'docs',
        type: 'SSE',
        command: '',
        args: [],
        url,
        bearerToken: '',
        headers: {}
      }
    ],
    {
      news: { connection_type: 'STDIO', command: 'uvx', args: ['mcp-hn'] },
      docs: { connection_type: 'SSE', endpoint: url }
    }
  ],
  [
    'MCP_SERVERS',
    {
      docs: url,
      other: {
        endpoint: url,
        timeout: 30,
        auth: { scheme: 'header', name: 'X-Key', token: 's3cret' }
      },
      timeout: 30
    },
    {
      docs: url,
      other: {
        endpoint: url,
        timeout: 30,
        auth: { scheme: 'header', name: 'X-Key', token: { env: 'OTHER_TOKEN' } }
      }
    },
    ['OTHER_TOKEN other.auth.token']
  ],
  [
    'one name for two secrets',
    {
      mcpServers: {
        a: { command: 'a', env: { API_KEY: 's3cret1' } },
        b: { command: 'b', env: { API_KEY: 's3cret2' } },
        c: { command: 'c', env: { API_KEY: 's3cret1' } }
      }
    },
    {
      a: { command: 'a', env: { API_KEY: { env: 'API_KEY' } } },
      b: { command: 'b', env: { API_KEY: { env: 'B_API_KEY' } } },
      c: { command: 'c', env: { API_KEY: { env: 'API_KEY' } } }
    },
    ['API_KEY a.env.API_KEY', 'B_API_KEY b.env.API_KEY']
  ]
]

function write(t: Test, content: unknown): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return join(t.testdir({ 'servers.json': text }), 'servers.json')
}

t.test('the forms of other programs', async (t) => {
  for (const [label, content, servers, variables = []] of samples) {
    const read = importServers(JSON.stringify(content))
    t.same(JSON.parse(JSON.stringify(read.servers)), servers, label)
    t.strictSame(read.errors, [], label)
    t.strictSame(
      read.variables.map(({ variable, path }) => `${variable} ${path}`),
      variables,
      label
    )
    t.notMatch(JSON.stringify(read), /s3cret/, label)
    t.doesNotThrow(() => readServers({ servers: read.servers }, { allowCommands: true }), label)
  }
})

t.test('the command prints YAML, or JSON, and what is left to do', async (t) => {
  const [, content, servers] = samples[0] ?? []
  const file = write(t, `\uFEFF${JSON.stringify(content, null, 2)}`)
  const yaml = await run(['import', file])
  t.equal(yaml.code, 0)
  t.same(parse(yaml.stdout), { servers })
  t.match(yaml.stderr, /^mcp-server: set API_KEY to the value of files\.env\.API_KEY$/m)
  t.notMatch(yaml.stdout + yaml.stderr, /s3cret/)
  const json = await run(['import', file, '--json'])
  t.same(JSON.parse(json.stdout), { servers })
})

t.test('what is not usable is left out, named, and fails the command', async (t) => {
  const file = write(t, {
    mcpServers: {
      good: { url },
      leaky: { url: 'https://user:s3cret@mcp.example.com/' },
      cloud: { url: 'http://169.254.169.254/' },
      empty: {},
      shell: { command: 'sh; id' },
      'a;b': { url }
    }
  })
  const { code, stdout, stderr } = await run(['import', file, '--json'])
  t.equal(code, 1)
  t.same(JSON.parse(stdout), { servers: { good: url, 'a-b': url } })
  t.match(stderr, /left out: leaky\.endpoint: Credentials in a URL/)
  t.match(stderr, /left out: cloud\.endpoint: Cloud metadata/)
  t.match(stderr, /left out: empty\.endpoint: /)
  t.match(stderr, /left out: shell\.command: /)
  t.match(stderr, /warning: a;b: Server got a name that is allowed: a-b/)
  t.notMatch(stdout + stderr, /s3cret/)
  const none = await run(['import', write(t, { mcpServers: { empty: {} } })])
  t.strictSame([none.code, none.stdout], [1, ''])
})

t.test('a secret among the words of a command is pointed at', async (t) => {
  const { warnings } = importServers(
    JSON.stringify({
      mcpServers: { db: { command: 'db', args: ['postgres://u:p@h/', '--api-key', 'abc', '-v'] } }
    })
  )
  t.strictSame(
    warnings.map(({ code, path }) => `${code} ${path}`),
    ['visible_secret db.args.0', 'visible_secret db.args.2']
  )
})

t.test('wrong usage and files without servers: exit 2 with one line', async (t) => {
  const huge = JSON.stringify({ mcpServers: { a: { url } }, history: 'x'.repeat(1_048_576) })
  const table: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /use import FILE/],
    [['a', 'b'], /use import FILE/],
    [['/nonexistent/servers.json'], /servers\.json: ENOENT/],
    [[write(t, '{"mcpServers": // comment')], /not valid JSON/]
  ]
  for (const [words, place] of table) {
    const ended = await run(['import', ...words])
    t.equal(ended.code, 2, words.join(' '))
    t.ok(isOneLine(ended), ended.stderr)
    t.match(ended.stderr, place)
  }
  for (const [text, place] of [
    [huge, /too large: at most 1048576 bytes/],
    ['{}', /no servers in it/],
    ['[]', /no servers in it/],
    ['"x"', /must be a JSON object/],
    ['{"mcpServers":{"a":{},"a":{}}}', /mcpServers\.a: Key is given twice/],
    ['{"mcpServers":{"__proto__":{}}}', /Key is not allowed/]
  ] as const) {
    t.throws(() => importServers(text), { name: 'ConfigError', message: place })
  }
})

t.test('whatever is imported is accepted, and holds no secret', async () => {
  const secret = fc.constantFrom('s3cret-one', 's3cret-two', 'Bearer s3cret')
  const text = fc.oneof(
    secret,
    fc.string(),
    fc.constantFrom(`${dollar}{A}`, `${dollar}{input:a b}`, url)
  )
  const names = fc.constantFrom('API_KEY', 'X-Auth', 'authorization', 'TOKEN', 'my-password')
  const entry = fc.oneof(
    text.filter((value) => !value.includes('s3cret')),
    fc.record(
      {
        url: fc.constantFrom(url, 'http://localhost:1/', 'https://[::1]/', ''),
        type: fc.constantFrom('http', 'sse', 'STDIO', 'remote', 'odd'),
        command: fc.constantFrom('npx', 'uvx', '', 'a;b'),
        args: fc.constantFrom([], ['-y', 'mcp-remote', url, '--header', 'X-Auth: s3cret'], ['x']),
        env: fc.dictionary(names, text, { maxKeys: 3 }),
        headers: fc.dictionary(names, text, { maxKeys: 3 }),
        timeout: fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.boolean()),
        bearerToken: fc.oneof(secret, fc.constant(null)),
        disabled: fc.boolean()
      },
      { requiredKeys: [] }
    )
  )
  const name = fc.oneof(fc.constantFrom('a', 'b c', 'timeout', '1', 'x;y', '__x__'), fc.string())
  const place = fc.constantFrom('mcpServers', 'servers', 'context_servers', 'mcp')
  const property = fc.property(
    place,
    fc.dictionary(name, entry, { maxKeys: 5 }),
    (key, servers) => {
      let read: ReturnType<typeof importServers>
      try {
        read = importServers(JSON.stringify({ [key]: servers }))
      } catch (error) {
        return (error as Error).name === 'ConfigError'
      }
      const isAccepted =
        Object.keys(read.servers).length === 0 ||
        readServers({ servers: read.servers }, { allowCommands: true, productionMode: false })
          .servers.length === Object.keys(read.servers).length
      const shown = JSON.stringify({ ...read, servers: withoutArgs(read.servers) })
      return isAccepted && !shown.includes('s3cret')
    }
  )
  fc.assert(property, { numRuns: 1500 })
})

/** Words of a command are the one place where a secret cannot be a reference. */
function withoutArgs(servers: unknown): unknown {
  return JSON.parse(JSON.stringify(servers, (key, value) => (key === 'args' ? undefined : value)))
}
