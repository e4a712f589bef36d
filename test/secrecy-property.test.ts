import { request } from 'node:http'
import fc from 'fast-check'
import t from 'tap'
import { z } from 'zod'
import { createCore } from '../bin/core.ts'
import type { AuditArgs } from '../src/audit.ts'
import { acceptKey, createAuthenticate } from '../src/auth.ts'
import { loadConfig } from '../src/config.ts'
import { defineTool } from '../src/define-tool.ts'
import { createLog } from '../src/log.ts'
import { createSecretFilter } from '../src/output/secret-filter.ts'
import { apiSettings } from '../src/settings/api-settings.ts'
import { listSecrets } from '../src/settings/secrets.ts'
import type { Source } from '../src/source.ts'
import type { CallContext } from '../src/types.ts'
import { createOpenApiSource } from '../tools/openapi/source.ts'
import { createHttpServer } from '../transports/http/app.ts'
import { reply, reset, startFaultServer } from './helpers/fault-server.ts'
import { modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'
import { documentOf, getOf } from './helpers/openapi.ts'
import { findForms } from './helpers/secret-shapes.ts'

/*
 * A whole server, and a secret in a header, a query, an upstream answer or an error, or one of its
 * own: none is in what it writes down, in any encoding, in any mode. For the full proof:
 * REDACTION_RUNS=100000 node dist/test/secrecy-property.test.js
 */

const numRuns = Math.ceil(Number(process.env.REDACTION_RUNS ?? 1000) / 3)
const timeout = 7_200_000
t.setTimeout(timeout)

/** What the tool does next: set before each call, since arguments are shown. */
let act: (ctx: CallContext) => string = () => 'done'
const upstream = await startFaultServer(reply(200, '{}'))
t.teardown(() => upstream.close())

const own = {
  MCP_AUTH_TOKEN: 'tok_"öwn"-secret-of-the-gate/+=%-0123456789',
  API_AUTH_TOKEN: 'own-secret-of-the-api-0123456789-abcdefghij',
  MCP_AUDIT_KEY: 'own-secret-of-the-audit-0123456789-ABCDEFGH'
}
const apiToken = 'own-secret-of-the-mounted-api-0123456789'
const key = 'key-of-the-caller-0123456789-abcdefghijklmnop'

/** The product with everything that it writes in memory. */
async function startServer(mode: AuditArgs) {
  const written: string[] = []
  const sink = {
    write: (text: string) => written.push(text) > 0,
    flush: async () => {}
  }
  const { config } = loadConfig({
    flags: new Map([['--port', '0']]),
    env: own,
    file: { audit: { args: mode }, limits: { enabled: false }, log: { level: 'debug' } }
  })
  const secrets = createSecretFilter([...listSecrets(config, () => undefined), apiToken, key])
  const log = createLog({ ...config.log, clean: secrets.clean }, sink)
  const api = await createOpenApiSource({
    settings: apiSettings.parse({
      name: 'api',
      openapi: 'given',
      baseUrl: `${upstream.origin}/api`,
      credential: { mode: 'service', token: apiToken }
    }),
    limits: {
      timeoutMs: 2000,
      attempts: 1,
      backoffFactor: 0.01,
      maxSockets: 20,
      keepAliveSockets: 5
    },
    log,
    document: documentOf({ '/thing': { get: getOf('read_thing', { type: 'object' }) } })
  })
  const tool = defineTool({
    name: 'act',
    title: 'Act',
    description: 'Does what the test says.',
    toolset: 'test',
    input: z.object({}),
    run: (_, ctx) => act(ctx)
  })
  const source: Source = { tools: [tool, ...api.tools], close: () => api.close() }
  const output = { stderr: sink, log, secrets, flush: async () => {} }
  const core = createCore(config, [source], { output })
  const accepted = acceptKey(key, { id: 'caller', kind: 'key' })
  const server = await createHttpServer({
    mcp: core.mcp,
    registry: core.registry,
    config,
    audit: core.audit,
    gauges: core.gauges,
    authenticate: createAuthenticate(() => new Map([[accepted.digest, accepted]]))
  })
  const { port } = new URL(await server.listen())
  return {
    port,
    secrets,
    take(): string {
      core.audit.flush()
      return written.splice(0).join('')
    },
    async close() {
      await server.close(0)
      await source.close()
    }
  }
}

/** Makes the tool log and throw a text. */
function speak(text: string): void {
  act = (ctx) => {
    ctx.log.info(`see ${text}`, { note: text })
    throw new Error(text)
  }
}

interface Planted {
  readonly headers?: Readonly<Record<string, string>>
  readonly path?: string
  readonly tool?: string
  readonly run?: () => void
}

const ascii = (secret: string): string => encodeURIComponent(secret).replaceAll("'", '-')
const throwing =
  (make: (secret: string) => unknown) =>
  (secret: string): Planted => ({
    run: () => {
      act = () => {
        throw make(secret)
      }
    }
  })
const answering =
  (status: number, body: (secret: string) => string, header?: string) =>
  (secret: string): Planted => ({
    tool: 'read_thing',
    run: () => {
      upstream.answerWith(reply(status, body(secret), header ? { [header]: ascii(secret) } : {}))
    }
  })
const inHeader =
  (name: string, show = (secret: string) => secret) =>
  (secret: string): Planted => ({
    headers: { [name]: show(ascii(secret)) }
  })

/** Everything that an error can carry. */
function laden(secret: string): Error {
  const error = new Error(`failed: ${secret}\n    at ${secret} (file:///a.js:1:1)`, {
    cause: new TypeError(secret)
  })
  error.name = secret
  return Object.assign(error, {
    code: secret,
    config: { headers: { authorization: secret } },
    [secret]: secret
  })
}

const places: Readonly<Record<string, (secret: string) => Planted>> = {
  'wrong bearer': inHeader('authorization', (secret) => `Bearer ${secret}`),
  basic: inHeader('authorization', (secret) => `Basic ${secret}`),
  'wrong key': (secret) => ({ headers: { authorization: '', 'x-api-key': ascii(secret) } }),
  cookie: inHeader('cookie', (secret) => `sid=${secret}`),
  'user agent': inHeader('user-agent'),
  'forwarded for': inHeader('x-forwarded-for'),
  traceparent: inHeader('traceparent'),
  'session id': inHeader('mcp-session-id'),
  revision: inHeader('mcp-protocol-version'),
  'method header': inHeader('mcp-method'),
  'name header': inHeader('mcp-name'),
  origin: inHeader('origin', (secret) => `https://${secret}.example`),
  host: inHeader('host'),
  'media type': inHeader('content-type'),
  accept: inHeader('accept'),
  'unknown header': inHeader('x-anything'),
  query: (secret) => ({ path: `/mcp?access_token=${ascii(secret)}` }),
  'query without a name': (secret) => ({ path: `/mcp?${ascii(secret)}` }),
  'query of the façade': (secret) => ({ path: `/api/tools?x=${ascii(secret)}` }),
  answer: answering(200, (secret) => JSON.stringify({ secret })),
  'answer that is no JSON': answering(200, (secret) => `{"a": ${secret}`),
  'refusal of the API': answering(500, (secret) => JSON.stringify({ error: secret })),
  'text of the API': answering(404, (secret) => secret),
  'header of the API': answering(401, () => '{}', 'www-authenticate'),
  'redirect of the API': answering(302, () => '', 'location'),
  'media type of the API': answering(200, (secret) => secret, 'content-type'),
  'API that breaks off': () => ({ tool: 'read_thing', run: () => upstream.answerWith(reset) }),
  error: throwing(laden),
  'error with a stack of its own': throwing((secret) =>
    Object.assign(new TypeError(secret), {
      stack: `TypeError: not ${secret}\n    at ${secret} (/a/b.js:1:2)`
    })
  ),
  'error with frames of its own': throwing((secret) =>
    Object.assign(new TypeError('x'), {
      stack: `TypeError: x\n    at ${secret} (file:///a/b.js:1:2)\n    at f (/${secret}/a.js:1:1)`
    })
  ),
  'error whose text was changed': throwing((secret) =>
    Object.assign(new Error(`${secret}\n    at f (/${secret}/a.js:1:1)`), { message: '' })
  ),
  'several errors': throwing((secret) => new AggregateError([laden(secret)], secret)),
  'text that was thrown': throwing((secret) => secret),
  'object that was thrown': throwing((secret) => ({ secret, toString: () => secret })),
  'header map in the log': (secret) => ({
    run: () => {
      act = (ctx) => {
        ctx.log.error('failed', {
          headers: { authorization: secret } as never,
          error: laden(secret)
        })
        ctx.log.warn(`sent Authorization: Bearer ${secret.replace(/[^\w]/g, '')}`, {
          token: secret
        })
        return 'done'
      }
    }
  })
}

function post(
  port: string,
  { headers, path = '/mcp', tool = 'act', run }: Planted
): Promise<number> {
  act = () => 'done'
  run?.()
  const body = modernRequest('tools/call', toolCall(tool, {}))
  const all = { ...modernHeaders(body), authorization: `Bearer ${key}`, ...headers }
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  return new Promise((resolve, reject) => {
    const sent = request({ port, path, method: 'POST', headers: kept }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })
}

const letters = fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789')
const odd = fc.constantFrom('', '"', '\\', '\n', '%', '$&', 'é', '🔑', '+/=', '\u202e')
const secret = fc
  .tuple(odd, fc.string({ unit: letters, minLength: 24, maxLength: 40 }), odd)
  .map((parts) => parts.join(''))
const ownSecrets = [...Object.values(own), apiToken, key]

for (const mode of ['redacted', 'keys', 'none'] as const) {
  t.test(`${mode}: a secret in whatever comes in`, { timeout }, async (t) => {
    const server = await startServer(mode)
    t.teardown(server.close)
    let lines = 0
    const property = fc.asyncProperty(
      secret,
      fc.constantFrom(...Object.keys(places)),
      async (text, place) => {
        server.take()
        await post(server.port, places[place]?.(text) ?? {})
        const written = server.take()
        lines += written.split('\n').filter((line) => line !== '' && JSON.parse(line)).length
        const core = text.replace(/[^a-zA-Z0-9]/g, '')
        return findForms(written, [text, core, ...ownSecrets]).length === 0
      }
    )
    await fc.assert(property, { numRuns })
    t.ok(lines > numRuns, `${lines} lines`)
    t.equal(server.secrets.hits(), 0, 'the second line had nothing to do')
  })

  t.test(`${mode}: its own secrets, said by a tool`, { timeout }, async (t) => {
    const server = await startServer(mode)
    t.teardown(server.close)
    const property = fc.asyncProperty(
      fc.constantFrom(...ownSecrets),
      fc.nat(5),
      async (text, way) => {
        const bytes = Buffer.from(`a${text}b`)
        const said =
          [
            text,
            bytes.toString('base64'),
            bytes.toString('hex'),
            encodeURIComponent(text),
            JSON.stringify({ text }),
            `x${text}y`
          ][way] ?? text
        server.take()
        await post(server.port, { run: () => speak(said) })
        const written = server.take()
        for (const line of written.trim().split('\n')) JSON.parse(line)
        return written.includes('see ') && findForms(written, ownSecrets).length === 0
      }
    )
    await fc.assert(property, { numRuns: Math.min(numRuns, 2000) })
    t.ok(server.secrets.hits() > 0)
  })
}
