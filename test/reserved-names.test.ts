import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadConfig } from '../src/config.ts'
import { fixture, isOneLine, run } from './helpers/executable.ts'
import { quiet } from './helpers/json-rpc.ts'

/* Names of toolsets: what is mounted may not hide behind those of the server itself. */

const endpoint = 'https://mcp.example.com/mcp'

async function refuse(t: Test, args: readonly string[], env: object, part: string): Promise<void> {
  const ended = await run(args, { ...env })
  t.equal(ended.code, 2)
  t.ok(isOneLine(ended), ended.stderr)
  t.match(ended.stderr, part)
}

t.test('no API may be called as tools of the server itself', async (t) => {
  for (const name of ['all', 'finance', 'shiftwork', 'discovery']) {
    const file = { apis: [{ name, openapi: 'a.yaml' }] }
    const load = () => loadConfig({ flags: new Map(), env: {}, file })
    t.throws(load, { message: `apis: name: ${name} means tools of the server itself` }, name)
  }
  const folder = t.testdir({
    'a.json': JSON.stringify({ apis: [{ name: 'finance', openapi: 'a.yaml' }] })
  })
  await refuse(t, ['--config', join(folder, 'a.json')], {}, 'apis: name: finance means tools of')
})

t.test('nor may an MCP server', async (t) => {
  const env = { MCP_SERVERS: JSON.stringify({ all: endpoint }) }
  await refuse(t, [], env, 'servers (MCP_SERVERS): all: Name is reserved')
})

t.test('an imported one gets another name', async (t) => {
  const folder = t.testdir({
    'c.json': JSON.stringify({ mcpServers: { finance: { url: endpoint } } })
  })
  const { code, stdout, stderr } = await run(['import', join(folder, 'c.json'), '--json'])
  t.equal(code, 0, stderr)
  t.strictSame(JSON.parse(stdout), { servers: { 'finance-2': endpoint } })
  t.match(stderr, 'Server got a name that is allowed')
})

t.test('a module’s tools are served by default, whatever their toolset is called', async (t) => {
  const list = ['tools', 'list', '--json', '--module', fixture('own-finance-tools')]
  for (const more of [[], ['--toolsets', 'finance.team']]) {
    const { stdout, stderr } = await run([...list, ...more], quiet)
    t.match(stdout, '"calculate_bonus_pool"', stderr || more.join(' '))
  }
})
