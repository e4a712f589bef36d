import { join } from 'node:path'
import { answering, type Setups, storeOf } from './doctor-setup.ts'
import { surroundingSetups } from './doctor-surroundings.ts'
import { goodKey, otherKey } from './strong-keys.ts'

const http = ['--http']

/** Set-ups with something wrong, by what that is. */
export const brokenSetups: Setups = {
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
  'a UNIX socket, and a host that is not used': ({ folder }) => ({
    args: ['--http', '--socket', join(folder, 'gate.sock')],
    env: { MCP_HOST: '0.0.0.0' }
  }),
  'a socket that anybody may use': ({ folder }) => ({
    args: ['--http', '--socket', join(folder, 'gate.sock')],
    env: { MCP_HOST: '0.0.0.0', MCP_AUTH_REQUIRED: 'false' }
  }),
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
    files: { tokens: [`alice:${goodKey}\n`, 0o660] }
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
  ...surroundingSetups
}
