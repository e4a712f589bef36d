import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import t, { type Test } from 'tap'
import { executable } from './helpers/executable.ts'
import { send } from './helpers/http.ts'
import { ownProgram } from './helpers/real-upstreams.ts'
import { serve } from './helpers/serve.ts'
import { until } from './helpers/until.ts'

/* The executable with servers in its configuration: one that works, one that nobody answers for. */

async function start(t: Test, ...words: readonly string[]): Promise<Client> {
  const servers = { own: ownProgram('v2').entry, dead: 'http://127.0.0.1:9/mcp' }
  const folder = t.testdir({ 'config.json': JSON.stringify({ servers }) })
  const client = new Client({ name: 'test', version: '1' })
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [executable, '--config', `${folder}/config.json`, ...words],
    env: { MCP_PRODUCTION_MODE: 'false', MCP_MAX_RETRIES: '0' },
    stderr: 'ignore'
  })
  await client.connect(transport)
  t.teardown(() => client.close())
  return client
}

async function namesOf(client: Client): Promise<readonly string[]> {
  return (await client.listTools(undefined, { cacheMode: 'refresh' })).tools.map(({ name }) => name)
}

t.test('what is up is served, whatever is down', async (t) => {
  const client = await start(t)
  // On a busy machine the program starts after us.
  await until(async () => (await namesOf(client)).includes('own__echo'), 'the tools of the program')
  const names = await namesOf(client)
  t.ok(names.includes('calculate_npv'), 'beside our own')
  t.notOk(names.some((name) => name.startsWith('dead__')))
  const result = await client.callTool({ name: 'own__echo', arguments: { text: 'hello' } })
  t.strictSame(result.structuredContent, { text: 'hello' })
})

t.test('names of mounted tools narrow what is served, known or not', async (t) => {
  const client = await start(t, '--tools', 'own__echo,dead__search')
  await until(async () => (await namesOf(client)).includes('own__echo'), 'the tools of the program')
  t.strictSame(await namesOf(client), ['own__echo'])
})

t.test('a name that no server could have stops the start', async (t) => {
  await t.rejects(start(t, '--tools', 'own_echo'))
})

t.test('a server that is gone is named by /ready, and nothing else is held back', async (t) => {
  const servers = { dead: 'http://127.0.0.1:9/mcp' }
  const folder = t.testdir({ 'config.json': JSON.stringify({ servers }) })
  const args = ['--http', '--config', `${folder}/config.json`]
  const env = { MCP_PRODUCTION_MODE: 'false', MCP_MAX_RETRIES: '0' }
  const { origin } = await serve(t, args, env)
  const ask = () => send(`${origin}/ready`, { method: 'GET' })
  await until(async () => (await ask()).text.includes('server_down'), 'the server is missed')
  const { status, text } = await ask()
  t.equal(status, 200)
  t.strictSame(JSON.parse(text), {
    status: 'ready',
    reasons: [{ reason: 'server_down', upstream: 'dead' }]
  })
})
