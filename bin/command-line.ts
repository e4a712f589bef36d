import { parseArgs } from 'node:util'
import { ConfigError, reasonOf } from '../src/config-error.ts'

/** What the first word may be. */
export const commands = [
  'tools',
  'client',
  'openapi',
  'keys',
  'audit',
  'import',
  'lock',
  'snippet',
  'doctor'
] as const

export interface CommandLine {
  readonly action: 'serve' | 'help' | 'version' | 'print-config' | (typeof commands)[number]
  /** Words after the flags: the subcommand's own. */
  readonly words: readonly string[]
  /** Flags that are settings, with their text. */
  readonly settings: ReadonlyMap<string, string | readonly string[]>
  readonly configFile?: string
  readonly json: boolean
  /** `openapi check`: fail unless every operation is full. */
  readonly strict: boolean
  /** JSON text of `tools call` and `client call`. */
  readonly args?: string
  /** What `keys create` makes a key of. */
  readonly key: {
    readonly name?: string
    readonly scopes?: readonly string[]
    readonly tools?: readonly string[]
    readonly expires?: string
  }
  /** `audit verify`: a head noted earlier. */
  readonly head?: string
  /** `snippet`: where the server is. */
  readonly url?: string
}

const text = { type: 'string' } as const
const many = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const

/** Every flag, as parseArgs takes them. */
export const options = {
  http: text,
  stdio: flag,
  mode: text,
  port: text,
  host: text,
  path: text,
  socket: text,
  config: text,
  module: many,
  toolsets: many,
  tools: many,
  'exclude-tools': many,
  openapi: text,
  'api-base-url': text,
  'allow-writes': flag,
  strict: flag,
  name: text,
  scopes: many,
  expires: text,
  demo: flag,
  discovery: flag,
  'print-config': flag,
  args: text,
  head: text,
  url: text,
  json: flag,
  version: flag,
  help: flag
} as const

const modes = new Map([
  ['mcp', 'stdio'],
  ['stdio', 'stdio'],
  ['http', 'http'],
  ['both', 'both'],
  ['websocket', 'websocket']
])

/** Reads the arguments after the executable. Throws a ConfigError on anything it does not know. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals, tokens } = parse(argv)
  refuseRepeated(tokens)
  const settings = collectSettings(values)
  return {
    action: chooseAction(values, positionals),
    words: positionals.slice(1),
    settings,
    json: values.json ?? false,
    strict: values.strict ?? false,
    key: readKey(values),
    ...(values.config !== undefined && { configFile: values.config }),
    ...(values.args !== undefined && { args: values.args }),
    ...(values.head !== undefined && { head: values.head }),
    ...(values.url !== undefined && { url: values.url })
  }
}

function readKey({ name, scopes, tools, expires }: Values): CommandLine['key'] {
  return {
    ...(name !== undefined && { name }),
    ...(scopes && { scopes: splitList(scopes) }),
    ...(tools && { tools: splitList(tools) }),
    ...(expires !== undefined && { expires })
  }
}

function splitList(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split(',').map((item) => item.trim()))
}

type SettingTexts = Map<string, string | readonly string[]>

function collectSettings(values: Values): SettingTexts {
  const settings: SettingTexts = new Map()
  const mode = chooseMode(values)
  if (mode) settings.set('--mode', mode)
  for (const name of [
    'http',
    'port',
    'host',
    'path',
    'socket',
    'openapi',
    'api-base-url'
  ] as const) {
    const value = values[name]
    if (value !== undefined) settings.set(`--${name}`, value)
  }
  for (const name of ['module', 'toolsets', 'tools', 'exclude-tools'] as const) {
    const given = values[name]
    // A path may hold a comma; names and globs may not.
    const isPath = name === 'module'
    if (given !== undefined) settings.set(`--${name}`, isPath ? given : given.join(','))
  }
  for (const name of ['demo', 'allow-writes', 'discovery'] as const) {
    if (values[name]) settings.set(`--${name}`, 'true')
  }
  return settings
}

type Values = ReturnType<typeof parse>['values']

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: giveHttpItsPort(argv), options, allowPositionals: true, tokens: true })
  } catch (cause) {
    const [reason = ''] = reasonOf(cause).split('. ')
    throw new ConfigError(`command line: ${reason}; see mcp-server --help`, { cause })
  }
}

/** Of two values that differ one would be lost without a word; `--http` alone has none. */
function refuseRepeated(tokens: ReturnType<typeof parse>['tokens']): void {
  const given = new Map<string, string>()
  for (const token of tokens) {
    if (token.kind !== 'option' || !token.value || options[token.name] !== text) continue
    const { name, value } = token
    if ((given.get(name) ?? value) !== value) {
      const more = name === 'openapi' ? '; more APIs go into the file, under apis' : ''
      throw new ConfigError(`--${name}: is given twice with different values${more}`)
    }
    given.set(name, value)
  }
}

/** `--http` may stand alone, which parseArgs does not know. */
function giveHttpItsPort(argv: readonly string[]): string[] {
  return argv.flatMap((argument, index) => {
    const hasPort = /^\d+$/.test(argv[index + 1] ?? '')
    return argument === '--http' && !hasPort ? ['--http='] : [argument]
  })
}

function chooseMode({ mode, http, stdio }: Values): string | undefined {
  if (mode !== undefined) {
    const known = modes.get(mode)
    if (!known) throw new ConfigError(`--mode: must be mcp, http, both or websocket, got ${mode}`)
    return known
  }
  if (http !== undefined) return stdio ? 'both' : 'http'
  return stdio ? 'stdio' : undefined
}

function chooseAction(values: Values, [command]: readonly string[]): CommandLine['action'] {
  if (values.help) return 'help'
  if (values.version) return 'version'
  if (values['print-config']) return 'print-config'
  if (command === undefined) return 'serve'
  const known = commands.find((name) => name === command)
  if (known) return known
  throw new ConfigError(`command line: unknown command ${command}; see mcp-server --help`)
}

export const helpText = `mcp-server: tools for AI agents behind one gate

  mcp-server                     speak MCP on stdin and stdout
  mcp-server --http [port]       streamable HTTP (8080)
  mcp-server tools list [--json] what a client would see
  mcp-server tools call NAME --args JSON
  mcp-server client check [SERVER] [--json]  are the MCP servers there, and what they are
  mcp-server client list [SERVER] [--json]   their tools
  mcp-server client call SERVER TOOL --args JSON [--json]
  mcp-server openapi check FILE|URL [--json] [--strict]
  mcp-server lock diff [--json]  what differs from the approved definitions in tools.lock
  mcp-server lock approve [NAMES]  accept it, all or by name or glob
  mcp-server import FILE [--json]  another client's MCP servers as our configuration
  mcp-server keys create --name N [--scopes s,t] [--tools globs] [--expires DATE]
  mcp-server keys list [--json]
  mcp-server keys revoke NAME|ID
  mcp-server audit verify FILE... [--head SEQ:HASH]
  mcp-server audit head FILE
  mcp-server doctor [--json]     what stands in the way of production, and what mends it
  mcp-server snippet CLIENT [--url U]
                                 the entry of claude-desktop, claude-code, vscode, cursor,
                                 codex, gemini or windsurf; --config FILE goes into it

  --stdio                 with --http: both at once (also --mode mcp|http|both)
  --mode websocket        HTTP, and a WebSocket on the same path
  --port N --host H --path /mcp
                          where HTTP listens (127.0.0.1:8080/mcp)
  --socket FILE           instead of a port: HTTP on a UNIX socket, mode 600
  --config FILE           YAML or JSON, every setting by its key
  --module FILE           your own tools (repeatable)
  --toolsets a,b          which groups are served (finance.core and what is mounted)
  --tools globs           which tools are served, by name
  --exclude-tools globs   which are not; wins over the others
  --discovery             list only two tools, which find and call the others
  --openapi FILE|URL      a REST API as tools, read-only (more with apis in the file)
  --api-base-url URL      where it is, instead of the document's own server
  --allow-writes          operations other than GET and HEAD, too
  --demo                  start the embedded scheduling API and mount it
  --print-config          every setting, its value and where it came from
  --version --help

Secrets come from the environment or a file, never from the command line: MCP_AUTH_TOKEN,
MCP_API_KEYS, MCP_AUTH_TOKEN_FILE; or make keys with mcp-server keys create. The README lists every setting.
`
