import { z } from 'zod'
import { type Secret, secret } from '../../../src/settings/secret-reference.ts'
import { checkEndpoint } from './endpoint.ts'
import type { Report } from './issue.ts'
import { checkTimeout } from './timeout.ts'
import type { Tree } from './tree.ts'

const secrets = z.record(z.string(), secret)

const auth = z.discriminatedUnion('scheme', [
  z.strictObject({ scheme: z.literal('bearer'), token: secret }),
  z.strictObject({ scheme: z.literal('header'), name: z.string().min(1), token: secret }),
  z.strictObject({
    scheme: z.literal('oauth2'),
    tokenUrl: z.string().min(1),
    clientId: z.string().min(1),
    clientSecret: secret,
    scopes: z.array(z.string().min(1)).optional()
  })
])

const common = {
  /** Seconds; checked apart, because its faults have names of their own. */
  timeout: z.unknown().optional(),
  connection_type: z.string().optional(),
  enabled: z.boolean().default(true),
  include: z.array(z.string().min(1)).optional(),
  exclude: z.array(z.string().min(1)).optional(),
  metadata: z.record(z.string(), z.unknown()).optional()
}

const remote = z.strictObject({
  ...common,
  endpoint: z.string(),
  headers: secrets.default({}),
  auth: auth.optional(),
  /** The same as auth with the scheme bearer. */
  auth_token: secret.nullish()
})

const local = z.strictObject({
  ...common,
  command: z.string(),
  args: z.array(z.string()).default([]),
  env: secrets.default({}),
  cwd: z.string().min(1).optional()
})

/** How we prove who we are to a server. A secret may be a reference, `{ env }` or `{ file }`. */
export type ServerAuth = z.output<typeof auth>

/** Globs over the server's own names of tools and prompts, and its URIs; `exclude` wins. */
interface Filter {
  readonly include?: readonly string[] | undefined
  readonly exclude?: readonly string[] | undefined
}

interface Common extends Filter {
  readonly name: string
  /** Undefined: the default of the configuration. */
  readonly timeoutMs?: number
  readonly enabled: boolean
}

export interface RemoteServer extends Common {
  readonly kind: 'remote'
  /** An http or https URL. */
  readonly endpoint: string
  /** `auto`: streamable HTTP, else HTTP+SSE. */
  readonly transport: 'auto' | 'http' | 'sse'
  readonly headers: ReadonlyMap<string, Secret>
  readonly auth?: ServerAuth
}

/** A child process that speaks on stdio. */
export interface LocalServer extends Common {
  readonly kind: 'local'
  readonly command: string
  readonly args: readonly string[]
  readonly env: ReadonlyMap<string, Secret>
  readonly cwd?: string
}

const transports = new Map([
  ['auto', 'auto'],
  ['external_route', 'auto'],
  ['cluster_service', 'auto'],
  ['http', 'http'],
  ['streamable_http', 'http'],
  ['sse', 'sse']
] as const)

/** Checks one server that was written in our form. Undefined unless it is usable. */
export function readEntry(
  name: string,
  entry: Tree,
  report: Report
): RemoteServer | LocalServer | undefined {
  const timeoutMs = checkTimeout(entry.timeout, [name, 'timeout'], report)
  const base = { name, ...(timeoutMs !== undefined && { timeoutMs }) }
  return 'command' in entry ? readLocal(base, entry, report) : readRemote(base, entry, report)
}

type Base = Pick<Common, 'name' | 'timeoutMs'>

function readRemote(base: Base, entry: Tree, report: Report): RemoteServer | undefined {
  const path = [base.name]
  const parsed = remote.safeParse(entry)
  if (!parsed.success) reportFields(parsed.error, path, report)
  // Whatever else is wrong: an address that is there is judged.
  const { endpoint: text } = entry
  const endpoint =
    typeof text === 'string' ? checkEndpoint(text, [...path, 'endpoint'], report) : undefined
  if (!parsed.success) return undefined
  const { auth, auth_token, connection_type = 'auto', headers, enabled } = parsed.data
  const transport = transports.get(normalizeType(connection_type) as 'auto')
  const isService = !parsed.data.endpoint.includes('://')
  if (!transport || (normalizeType(connection_type) === 'cluster_service' && !isService)) {
    report('connection_type', [...path, 'connection_type'])
  }
  checkHeaders(headers, [...path, 'headers'], report)
  if (auth && auth_token) report('field', [...path, 'auth_token'], 'auth is given, too')
  if (auth?.scheme === 'oauth2') checkEndpoint(auth.tokenUrl, [...path, 'auth', 'tokenUrl'], report)
  if (auth?.scheme === 'header')
    checkHeaders({ [auth.name]: auth.token }, [...path, 'auth'], report)
  if (endpoint === undefined || !transport) return undefined
  const proof: ServerAuth | undefined =
    auth ?? (auth_token ? { scheme: 'bearer', token: auth_token } : undefined)
  return {
    kind: 'remote',
    ...base,
    ...filterOf(parsed.data),
    enabled,
    endpoint,
    transport,
    headers: new Map(Object.entries(headers)),
    ...(proof && { auth: proof })
  }
}

function readLocal(base: Base, entry: Tree, report: Report): LocalServer | undefined {
  const path = [base.name]
  const parsed = local.safeParse(entry)
  if (!parsed.success) {
    reportFields(parsed.error, path, report)
    return undefined
  }
  const { command, args, env, cwd, connection_type = 'stdio', enabled } = parsed.data
  if (normalizeType(connection_type) !== 'stdio') {
    report('connection_type', [...path, 'connection_type'])
  }
  // No shell reads it; but these mean that somebody thinks one does.
  if (!/^(?!-)[^\p{Cc}\p{Cf};|&<>`]+$/u.test(command) || command.includes('${')) {
    report('command_text', [...path, 'command'])
  }
  for (const [index, word] of args.entries()) {
    if (word.includes('\0')) report('command_text', [...path, 'args', index])
  }
  for (const [variable, value] of Object.entries(env)) {
    const isLegal = /^[a-z_]\w*$/i.test(variable) && !String(value).includes('\0')
    if (!isLegal) report('field', [...path, 'env', variable], 'no variable can hold this')
  }
  return {
    kind: 'local',
    ...base,
    ...filterOf(parsed.data),
    enabled,
    command,
    args,
    env: new Map(Object.entries(env)),
    ...(cwd !== undefined && { cwd })
  }
}

function filterOf({ include, exclude }: Filter): Filter {
  return { ...(include && { include }), ...(exclude && { exclude }) }
}

function normalizeType(text: string): string {
  return text.trim().toLowerCase().replaceAll('-', '_')
}

/** What the transport sets itself, and what steers a connection rather than a request (RFC 9110, 7.6.1). */
const ownHeaders =
  /^(?:host|content-(?:length|type)|accept|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|mcp-.*)$/i

function checkHeaders(
  headers: Readonly<Record<string, Secret>>,
  path: readonly string[],
  report: Report
): void {
  const seen = new Set<string>()
  for (const [name, value] of Object.entries(headers)) {
    const isName = /^[!#$%&'*+.^_`|~\w-]{1,128}$/.test(name) && !ownHeaders.test(name)
    const isValue = typeof value !== 'string' || /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
    if (!isName || !isValue || seen.has(name.toLowerCase())) report('header', [...path, name])
    seen.add(name.toLowerCase())
  }
}

/** The schema's messages name types and choices, never what was given. */
function reportFields(error: z.ZodError, path: readonly string[], report: Report): void {
  for (const issue of error.issues) {
    const at = [...path, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) report('field', [...at, key], 'unknown')
    } else {
      const isSecret = issue.code === 'invalid_union' && issue.discriminator === undefined
      const detail = isSecret ? 'expected a text, {"env": NAME} or {"file": PATH}' : issue.message
      report('field', at, detail.replace(/^Invalid input: /, ''))
    }
  }
}
