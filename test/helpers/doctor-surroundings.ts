import { join } from 'node:path'
import { answering, type Setups, saying, storeOf } from './doctor-setup.ts'
import { findFreePort } from './free-port.ts'
import { goodKey, otherKey } from './strong-keys.ts'

const http = ['--http']

/** Set-ups whose identity provider, API, proxy, audit file, Redis or machine is wrong. */
export const surroundingSetups: Setups = {
  'half of an identity provider': {
    args: http,
    env: { MCP_JWT_ISSUER: 'https://login.example.com' }
  },
  'an identity provider that is down': async () => ({
    args: http,
    env: jwtEnv(await findFreePort())
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
    env: { API_BASE_URL: `http://127.0.0.1:${await findFreePort()}` }
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
  'a module that is missing': ({ folder }) => ({ args: ['--module', join(folder, 'own.js')] }),
  'a tool that is misspelt': { args: ['--tools', 'calculate_nvp'] },
  'a toolset that is misspelt': { args: ['--toolsets', 'finance.bond'] },
  'an MCP server that production refuses': ({ folder }) => ({
    args: ['--config', join(folder, 'gate.yaml')],
    files: { 'gate.yaml': ["servers: { lab: { endpoint: 'http://169.254.169.254/mcp' } }\n"] }
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
    args: ['--demo'],
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
    env: { REDIS_URL: `redis://:${otherKey}@127.0.0.1:${await findFreePort()}` }
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
