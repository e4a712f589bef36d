import { join } from 'node:path'
import {
  answering,
  findClosedPort,
  type Place,
  type Setup,
  saying,
  storeOf
} from './doctor-setup.ts'

/** Random, and nobody's. */
export const goodKey = 'q7Zr1vX9bT3mK8sLw2Yd6Nf4Hc0Jg5Pe'
export const otherKey = 'Vt5nB8yQ2kW7jR4xE9pM1sD6zA3hC0uL'
const http = ['--http']

/** Set-ups with something wrong, by what that is. */
export const brokenSetups: Readonly<
  Record<string, Setup | ((place: Place) => Setup | Promise<Setup>)>
> = {
  'a setting nobody knows': ({ folder }) => ({
    args: ['--config', join(folder, 'gate.yaml')],
    files: { 'gate.yaml': ['http: { prot: 8080 }\n'] }
  }),
  'a file that is no YAML': ({ folder }) => ({
    args: ['--config', join(folder, 'gate.yaml')],
    files: { 'gate.yaml': ['http: { port: 8080\n'] }
  }),
  'no configuration file': ({ folder }) => ({ args: ['--config', join(folder, 'gate.yaml')] }),
  'production with a short key': {
    args: http,
    env: { MCP_ENV: 'production', MCP_AUTH_TOKEN: 'hunter2-hunter2' }
  },
  'two variables that disagree': {
    env: { ALLOWED_ORIGINS: 'https://a.example.com', MCP_ALLOWED_ORIGINS: 'https://b.example.com' }
  },
  'a variable that is misspelt': { env: { MCP_AUTH_TOKN: goodKey, MCP_WHATEVER_THIS_IS: '1' } },
  'a secret in a file that others read': ({ folder }) => ({
    args: ['--config', join(folder, 'gate.yaml')],
    files: { 'gate.yaml': [`auth: { token: ${goodKey} }\n`, 0o644] }
  }),
  'secrets in a private file': ({ folder }) => ({
    args: ['--config', join(folder, 'gate.yaml')],
    files: { 'gate.yaml': [`auth: { apiKeys: [${goodKey}] }\naudit: { key: ${otherKey} }\n`] }
  }),
  'a port that another program has': async ({ serve }) => ({
    args: http,
    env: { MCP_AUTH_TOKEN: goodKey, MCP_PORT: String(await serve(answering(200, { hello: 1 }))) }
  }),
  'a port below 1024 without the privilege': {
    args: http,
    env: { MCP_AUTH_TOKEN: goodKey, MCP_PORT: '443' }
  },
  'an address of another machine': {
    args: http,
    env: { MCP_AUTH_TOKEN: goodKey, MCP_HOST: '203.0.113.7', MCP_TRUST_PROXY: '203.0.113.1' }
  },
  'every interface, no key, no name, no proxy': { args: http, env: { MCP_HOST: '0.0.0.0' } },
  'hosts with a scheme': {
    args: http,
    env: { MCP_AUTH_TOKEN: goodKey, MCP_ALLOWED_HOSTS: 'https://mcp.example.com' }
  },
  'every origin': { args: http, env: { MCP_AUTH_TOKEN: goodKey, ALLOWED_ORIGINS: '*' } },
  'an origin over http': {
    args: http,
    env: { MCP_AUTH_TOKEN: goodKey, ALLOWED_ORIGINS: 'http://agents.example.com' }
  },
  'every proxy': { args: http, env: { MCP_AUTH_TOKEN: goodKey, MCP_TRUST_PROXY: '0.0.0.0/0' } },
  'authentication off beyond this machine': {
    args: http,
    env: { MCP_HOST: '192.0.2.10', MCP_AUTH_REQUIRED: 'false', MCP_TRUST_PROXY: '192.0.2.1' }
  },
  'authentication off on purpose': {
    args: http,
    env: {
      MCP_HOST: '192.0.2.10',
      MCP_AUTH_REQUIRED: 'false',
      MCP_ALLOW_INSECURE: 'true',
      MCP_TRUST_PROXY: '192.0.2.1'
    }
  },
  'weak keys': {
    args: http,
    env: {
      MCP_AUTH_TOKEN: 'changeme',
      MCP_API_KEYS: `${goodKey},your-secret-api-key-goes-here-please`
    }
  },
  'a token file open to the group': ({ folder }) => ({
    args: http,
    env: { MCP_AUTH_TOKEN_FILE: join(folder, 'tokens') },
    files: { tokens: [`alice:${goodKey}\n`, 0o640] }
  }),
  'a token file with a broken line': ({ folder }) => ({
    args: http,
    env: { MCP_AUTH_TOKEN_FILE: join(folder, 'tokens') },
    files: { tokens: [`# clients\nalice:${goodKey}\n${otherKey}\n`] }
  }),
  'a token file with a weak token': ({ folder }) => ({
    args: http,
    env: { MCP_AUTH_TOKEN_FILE: join(folder, 'tokens') },
    files: { tokens: [`alice:${goodKey}\nbob:bobs-password\n`] }
  }),
  'a key store that is missing': ({ folder }) => ({
    args: http,
    env: { MCP_AUTH_TOKEN: goodKey, MCP_KEYS_FILE: join(folder, 'keys.json') }
  }),
  'a key store open to all': ({ folder }) => ({
    args: http,
    env: { MCP_KEYS_FILE: join(folder, 'keys.json') },
    files: { 'keys.json': [storeOf({ name: 'reports', ageDays: 1 }), 0o644] }
  }),
  'something else in place of a key store': ({ folder }) => ({
    env: { MCP_KEYS_FILE: join(folder, 'keys.json') },
    files: { 'keys.json': ['{"keys": "none"}'] }
  }),
  'keys that are old or expired': ({ folder }) => ({
    args: http,
    env: { MCP_KEYS_FILE: join(folder, 'keys.json') },
    files: {
      'keys.json': [
        storeOf(
          { name: 'reports', ageDays: 95.5 },
          { name: 'fresh', ageDays: 2 },
          { name: 'summer', ageDays: 40, expires: '2020-01-01T00:00:00Z' }
        )
      ]
    }
  }),
  'a key that goes to an API': async ({ serve }) => ({
    args: http,
    env: {
      MCP_AUTH_TOKEN: goodKey,
      API_AUTH_TOKEN: goodKey,
      API_BASE_URL: `http://127.0.0.1:${await serve(answering(404))}`
    }
  }),
  'half of an identity provider': {
    args: http,
    env: { MCP_JWT_ISSUER: 'https://login.example.com' }
  },
  'an identity provider that is down': async () => ({
    args: http,
    env: jwtEnv(await findClosedPort())
  }),
  'an identity provider that answers something else': async ({ serve }) => ({
    args: http,
    env: jwtEnv(await serve(answering(200, { hello: 1 })))
  }),
  'an identity provider an hour ahead': async ({ serve }) => ({
    args: http,
    env: jwtEnv(
      await serve(answering(200, { keys: [] }, { date: 'Fri, 01 Jan 2027 01:00:00 GMT' }))
    ),
    machine: { nowMs: Date.parse('2027-01-01T00:00:00Z') }
  }),
  'an API that is down': async () => ({
    env: { API_BASE_URL: `http://127.0.0.1:${await findClosedPort()}` }
  }),
  'an API that is broken': async ({ serve }) => ({
    env: { API_BASE_URL: `http://127.0.0.1:${await serve(answering(503))}/api` }
  }),
  'an API without its document': ({ folder }) => ({ args: ['--openapi', join(folder, 'a.yaml')] }),
  'an API without its credential': async ({ folder, serve }) => ({
    args: ['--config', join(folder, 'gate.yaml')],
    files: {
      'gate.yaml': [
        `apis:
  - name: shifts
    openapi: ${join(folder, 'shifts.json')}
    baseUrl: http://127.0.0.1:${await serve(answering(200))}
    credential: { mode: service, scheme: bearer, token: { file: ${join(folder, 'token')} } }
`
      ],
      'shifts.json': ['{"openapi":"3.1.0","info":{"title":"a","version":"1"},"paths":{}}']
    }
  }),
  'an API whose document points inside': async ({ folder, serve }) => ({
    args: ['--openapi', join(folder, 'inside.json')],
    files: {
      'inside.json': [
        JSON.stringify({
          openapi: '3.1.0',
          info: { title: 'inside', version: '1' },
          servers: [{ url: `http://127.0.0.1:${await serve(answering(200))}` }],
          paths: {}
        })
      ]
    }
  }),
  'a proxy for outgoing requests': async ({ serve }) => ({
    env: {
      HTTPS_PROXY: `http://alice:${otherKey}@proxy.example.com:3128`,
      API_BASE_URL: `http://127.0.0.1:${await serve(answering(200))}`
    }
  }),
  'certificates that nobody verifies': {
    env: { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: '/nonexistent/ca.pem' }
  },
  'no audit, no limits, no redaction, no log': {
    args: http,
    env: {
      MCP_AUTH_TOKEN: goodKey,
      MCP_AUDIT: 'false',
      MCP_RATE_LIMIT_ENABLED: 'false',
      MCP_SECRETS_REDACTION: 'false',
      MCP_LOG_LEVEL: 'silent'
    }
  },
  'limits that limit nothing': {
    args: http,
    env: {
      MCP_AUTH_TOKEN: goodKey,
      MAX_REQUEST_SIZE: '500000000',
      MCP_DEFAULT_TIMEOUT: '3600',
      MCP_AUTH_FAILURES_PER_MINUTE: '1000'
    }
  },
  'every resource, and an API slower than its call': {
    env: { RESOURCE_ALLOWLIST: '*', MCP_DEFAULT_TIMEOUT: '10' }
  },
  'a folder for the audit file that is missing': ({ folder }) => ({
    env: { MCP_AUDIT_FILE: join(folder, 'log', 'audit.jsonl') }
  }),
  'an audit file that others read': ({ folder }) => ({
    env: { MCP_AUDIT_FILE: join(folder, 'audit.jsonl') },
    files: { 'audit.jsonl': ['', 0o644] }
  }),
  'an audit file whose end was edited': ({ folder }) => ({
    env: { MCP_AUDIT_FILE: join(folder, 'audit.jsonl') },
    files: { 'audit.jsonl': ['{"seq":1,"event":"TOOL_EXECUTE"}\n'] }
  }),
  'an audit file that a crash cut': ({ folder }) => ({
    env: { MCP_AUDIT_FILE: join(folder, 'audit.jsonl') },
    files: { 'audit.jsonl': ['{"ts":"2026-11-'] }
  }),
  'Redis away': async () => ({
    env: { REDIS_URL: `redis://:${otherKey}@127.0.0.1:${await findClosedPort()}` }
  }),
  'Redis that wants a password': async ({ serve }) => ({
    env: {
      REDIS_URL: `redis://127.0.0.1:${await serve(saying('-NOAUTH Authentication required.\r\n'))}`
    }
  }),
  'a webhook without a signature, debug in production': {
    args: http,
    env: {
      MCP_ENV: 'production',
      MCP_AUTH_TOKEN: goodKey,
      MCP_LOG_LEVEL: 'debug',
      MCP_ALERT_WEBHOOK: `https://hooks.example.com/${otherKey}`
    }
  },
  'an old Node as root with few descriptors': {
    args: http,
    env: { MCP_AUTH_TOKEN: goodKey },
    machine: { node: '20.11.1', uid: 0, maxDescriptors: 1024 }
  },
  'a clock that is behind': ({ folder }) => ({
    env: { MCP_KEYS_FILE: join(folder, 'keys.json') },
    files: { 'keys.json': [storeOf({ name: 'later', ageDays: -2 })] }
  })
}

function jwtEnv(port: number): Readonly<Record<string, string>> {
  return {
    MCP_JWT_ISSUER: 'https://login.example.com',
    MCP_JWT_AUDIENCE: 'https://mcp.example.com/mcp',
    MCP_JWKS_URI: `http://127.0.0.1:${port}/keys`
  }
}
