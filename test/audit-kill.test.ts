import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { linesOf, verify } from './helpers/audit-chain.ts'
import { run, start } from './helpers/executable.ts'
import { modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'

/*
 * A server under 200 calls a second that is killed in the middle of them: whoever got an answer
 * stands in the audit file. More often: AUDIT_KILLS=200 node dist/test/audit-kill.test.js
 */

const kills = Number(process.env.AUDIT_KILLS ?? 3)
const timeout = 600_000
t.setTimeout(timeout)
const callsPerSecond = 200
const key = 'pcl_the-key-for-the-kill-test-with-32-characters'

/** The request ids of the calls that were answered until the server was killed. */
async function callUntilKilled(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const server = start(['--http', '--port', '0'], env)
  const [, port] = await server.stderr.until(/"url":"http:\/\/127\.0\.0\.1:(\d+)/)
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  const answered: string[] = []
  const timer = setInterval(() => call(Number(port), agent, answered), 1000 / callsPerSecond)
  await wait(randomInt(100, 400))
  server.child.kill('SIGKILL')
  await server.ended
  clearInterval(timer)
  agent.destroy()
  return answered
}

const args = { rate: 0.1, cashFlows: [-100, 60, 60] }

/** An answer counts with its first byte: that is what a client may act on. */
function call(port: number, agent: Agent, answered: string[]): void {
  const body = modernRequest('tools/call', toolCall('calculate_npv', args))
  const headers = { ...modernHeaders(body), authorization: `Bearer ${key}` }
  const sent = request({ port, host: '127.0.0.1', path: '/mcp', method: 'POST', headers, agent })
  sent.on('error', () => {})
  sent.on('response', (response) => {
    if (response.statusCode === 200) answered.push(String(response.headers['x-request-id']))
    response.on('error', () => {}).resume()
  })
  sent.end(JSON.stringify(body))
}

for (const chained of ['', 'the key of the chain']) {
  t.test(`killed ${kills} times${chained && ', with a key'}`, { timeout }, async (t) => {
    const file = join(t.testdir({}), 'audit.jsonl')
    const env = {
      MCP_AUDIT_FILE: file,
      MCP_AUTH_TOKEN: key,
      MCP_RATE_LIMIT_ENABLED: 'false',
      MCP_TOOLSETS: 'finance',
      ...(chained && { MCP_AUDIT_KEY: chained })
    }
    const answered: string[] = []
    for (let turn = 0; turn < kills; turn++) answered.push(...(await callUntilKilled(env)))
    const recorded = new Set(
      linesOf(file)
        .map(
          (line) => /"event":"TOOL_EXECUTE".*"requestId":"([\da-f-]{36})"/.exec(String(line))?.[1]
        )
        .filter((id) => id !== undefined)
    )
    t.ok(answered.length > kills * 5, `${answered.length} answers`)
    t.same(
      answered.filter((id) => !recorded.has(id)),
      [],
      'each has its line'
    )
    // The next start tells of a line that was cut, and what is there is one chain.
    await run(['tools', 'call', 'calculate_npv', '--args', JSON.stringify(args)], env)
    const flags = chained ? { key: chained } : {}
    t.match(verify([file], flags), { code: 0, text: /ok: \d+ lines/ })
    t.ok(readFileSync(file).length > 0)
    t.comment(`${answered.length} answers, ${recorded.size} lines`)
  })
}
