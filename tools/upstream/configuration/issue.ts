import { cleanLine } from '../../outside/text.ts'

interface Rule {
  readonly message: string
  readonly fix: string
  /** Who is refused; everybody else is warned. */
  readonly refused: 'always' | 'production' | 'never'
}

const rules = {
  too_large: always('Configuration is too large', 'split it or shorten it'),
  not_json: always('Configuration is not valid JSON', 'check it with a JSON parser'),
  not_object: always('Configuration must be a JSON object', 'write {"name": "https://…"}'),
  not_plain: always('Configuration must be plain data', 'use texts, numbers, lists and objects'),
  too_deep: always('Configuration is nested too deeply', 'use 32 levels at most'),
  repeated_key: always('Key is given twice', 'remove one of the two'),
  forbidden_key: always('Key is not allowed', 'rename it'),
  two_blocks: always('Both servers and mcpServers are given', 'move all servers into one of them'),
  no_servers: always('No server is configured', 'name at least one server'),
  too_many_servers: always('More than 50 servers are configured', 'use 50 at most'),
  reserved_name: always('Name is reserved', 'give the server another name'),
  wrong_setting: always('Setting is not valid', 'see docs/servers.md'),
  name: always('Server name is not valid', 'use 1 to 100 characters, such as letters and -'),
  entry: always(
    'Server must be a URL or an object',
    'write "https://…" or {"endpoint": "https://…"}'
  ),
  field: always('Field is not valid', 'see docs/servers.md'),
  ignored_field: never('Field is not used', 'nothing, unless you counted on it'),
  renamed: never('Server got a name that is allowed', 'use the new name'),
  unexpanded: never('Value holds a reference that is not expanded', 'write what it stands for'),
  visible_secret: never('Secret stands in the text', 'move it to a variable or a file'),
  timeout: always('Timeout must be a number from 1 to 300 seconds', 'use 30'),
  timeout_long: never('Timeout is longer than 30 seconds', 'use 30 unless the server needs more'),
  timeout_unit: never('Timeout was read as milliseconds, 300 seconds at most', 'write seconds'),
  command: always('Commands are only run from a file of the operator', 'give an endpoint instead'),
  command_text: always('Command is not valid', 'name one program; put its words into args'),
  header: always('Header is not valid', 'use a name and a value of one line that HTTP allows'),
  connection_type: always(
    'Connection type does not fit',
    'use streamable_http, sse or external_route with a URL, stdio with a command'
  ),
  injection: always('Endpoint holds characters that no URL may hold', 'percent-encode them'),
  malformed: always(
    'Endpoint format not recognized',
    'write https://host/path or service.namespace.svc.cluster.local:port'
  ),
  loopback: production(
    'Localhost/loopback addresses not allowed in production mode',
    'use the public https address'
  ),
  private: production(
    'Private addresses not allowed in production mode',
    'use the public https address'
  ),
  link_local: always('Link-local addresses not allowed', 'use the public https address'),
  metadata: always('Cloud metadata addresses not allowed', 'use the address of an MCP server'),
  shared: production(
    'Shared carrier addresses (100.64.0.0/10) not allowed in production mode',
    'use the public https address'
  ),
  unspecified: always('The unspecified address is no destination', 'name the host'),
  reserved: production(
    'Reserved addresses not allowed in production mode',
    'use the public https address'
  ),
  disguised: always('Host is not written in its plain form', 'write what it stands for'),
  international: production(
    'Host is not written in ASCII letters',
    'write its xn-- form, and check that it is the host you mean'
  ),
  trailing_dot: always('Host ends with a dot', 'remove the dot'),
  host: always(
    'Host name is not valid',
    'use labels of letters, digits and -, 63 characters at most'
  ),
  scheme: always('Endpoint must use https', 'begin it with https://'),
  cleartext: production('Only HTTPS connections allowed in production mode', 'use https'),
  credentials: always('Credentials in a URL are not allowed', 'use auth with { "env": "NAME" }'),
  credential_query: production(
    'Credentials in the query of a URL not allowed in production mode',
    'use auth or headers with { "env": "NAME" }'
  ),
  port: always('Port must be from 1 to 65535', 'correct it'),
  service_port: always('Port belongs to another service', 'use the port of the MCP server'),
  fragment: always('Endpoint has a fragment, which is never sent', 'remove # and what follows'),
  path: always('Path of the endpoint is not valid', 'remove dot segments and control characters'),
  unresolved: never('Host has no address at the moment', 'check the name')
} satisfies Record<string, Rule>

export type IssueCode = keyof typeof rules

/** Something wrong with a configuration, in words that hold no value of it. */
export interface ConfigurationIssue {
  readonly code: IssueCode
  /** Where: `docs.endpoint`; empty for the whole. */
  readonly path: string
  readonly message: string
  readonly fix: string
  /** Warnings do not make a configuration invalid. */
  readonly severity: 'error' | 'warning'
}

/** Notes an issue; `detail` says what exactly and never quotes a value. */
export type Report = (code: IssueCode, path: readonly PropertyKey[], detail?: string) => void

const maxOfEach = 200

/** Collects issues in the order in which they are found: 200 errors and 200 warnings at most. */
export function createIssues(productionMode: boolean): {
  readonly report: Report
  list(): readonly ConfigurationIssue[]
} {
  const issues: ConfigurationIssue[] = []
  // Apart: a flood of warnings must not push an error out.
  const left = { error: maxOfEach, warning: maxOfEach }
  return {
    report(code, path, detail) {
      const { message, fix, refused }: Rule = rules[code]
      const isError = refused === 'always' || (refused === 'production' && productionMode)
      const severity = isError ? 'error' : 'warning'
      if (left[severity] === 0) return
      left[severity] -= 1
      issues.push({
        code,
        path: showPath(path),
        message: detail === undefined ? message : `${message}: ${detail}`,
        fix,
        severity
      })
    },
    list: () => issues
  }
}

/** One line for a terminal or a log. */
export function formatIssue({ path, message, fix }: ConfigurationIssue): string {
  return `${path === '' ? '' : `${path}: `}${message}; ${fix}`
}

/** Names come from outside: without what a terminal would obey, and cut. */
function showPath(path: readonly PropertyKey[]): string {
  return path.map((part) => cleanLine(String(part), 100)).join('.')
}

function always(message: string, fix: string): Rule {
  return { message, fix, refused: 'always' }
}

function production(message: string, fix: string): Rule {
  return { message, fix, refused: 'production' }
}

function never(message: string, fix: string): Rule {
  return { message, fix, refused: 'never' }
}
