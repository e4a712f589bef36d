import { randomInt } from 'node:crypto'
import { existsSync, renameSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { linesOf, verify } from './helpers/audit-chain.ts'
import { run, start } from './helpers/executable.ts'
import { modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'
import { until } from './helpers/until.ts'

/*
 * A server under 200 calls a second that is killed in the middle of them: whoever got an answer
 * stands in the audit file. More often: AUDIT_KILLS=200 node dist/test/audit-signals.test.js
 */

const kills = Number(process.env.AUDIT_KILLS ?? 3)
const timeout = 600_000
t.setTimeout(timeout)
const callsPerSecond = 200
const key = 'pcl_the-key-for-the-kill-test-with-32-characters'

/** A server under load; `answered` collects the request ids of the calls that were answered. */
async function startUnderLoad(file: string, more: Readonly<Record<string, string>> = {}) {
  const server = start(['--http', '--port', '0'], {
    MCP_AUDIT_FILE: file,
    MCP_AUTH_TOKEN: key,
    MCP_RATE_LIMIT_ENABLED: 'false',
    MCP_TOOLSETS: 'finance',
    ...more
  })
  const [, port] = await server.stderr.until(/"url":"http:\/\/127\.0\.0\.1:(\d+)/)
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  const answered: string[] = []
  let sent = 0
  const timer = setInterval(() => {
    sent++
    call(Number(port), agent, answered)
  }, 1000 / callsPerSecond)
  return {
    child: server.child,
    ended: server.ended,
    answered,
    sent: () => sent,
    rest: () => clearInterval(timer),
    close: () => agent.destroy()
  }
}

/** The request ids of the calls that were answered until the server was killed. */
async function callUntilKilled(
  file: string,
  more: Readonly<Record<string, string>>
): Promise<readonly string[]> {
  const server = await startUnderLoad(file, more)
  const enough = randomInt(5, 80)
  await until(() => server.answered.length >= enough, `${enough} answers`)
  server.child.kill('SIGKILL')
  await server.ended
  server.rest()
  server.close()
  return server.answered
}

/** The request ids of the recorded calls. */
function recordedIn(file: string): readonly string[] {
  return linesOf(file)
    .map((line) => /"event":"TOOL_EXECUTE".*"requestId":"([\da-f-]{36})"/.exec(String(line))?.[1])
    .filter((id) => id !== undefined)
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
    const more: Record<string, string> = chained ? { MCP_AUDIT_KEY: chained } : {}
    const answered: string[] = []
    for (let turn = 0; turn < kills; turn++) answered.push(...(await callUntilKilled(file, more)))
    const recorded = new Set(recordedIn(file))
    t.ok(answered.length >= kills * 5, `${answered.length} answers`)
    t.same(
      answered.filter((id) => !recorded.has(id)),
      [],
      'each has its line'
    )
    // The next start tells of a line that was cut, and what is there is one chain.
    const last = ['tools', 'call', 'calculate_npv', '--args', JSON.stringify(args)]
    await run(last, { MCP_AUDIT_FILE: file, ...more })
    const flags = chained ? { key: chained } : {}
    t.match(verify([file], flags), { code: 0, text: /ok: \d+ lines/ })
    t.comment(`${answered.length} answers, ${recorded.size} lines`)
  })
}

t.test('a rotation by SIGHUP under load loses no line', async (t) => {
  const file = join(t.testdir({}), 'audit.jsonl')
  const server = await startUnderLoad(file)
  const olds: string[] = []
  for (let turn = 1; turn <= 3; turn++) {
    const { length } = server.answered
    await until(() => server.answered.length > length + 20, 'answers')
    const old = `${file}.${turn}`
    renameSync(file, old)
    olds.push(old)
    server.child.kill('SIGHUP')
    await until(() => existsSync(file), 'the new file')
  }
  server.rest()
  await until(() => server.answered.length === server.sent(), 'the last answers')
  server.child.kill('SIGTERM')
  t.equal((await server.ended).code, 0)
  server.close()
  const files = [...olds, file]
  t.match(verify(files), { code: 0, text: /ok: \d+ lines/ })
  t.same(files.flatMap(recordedIn).toSorted(), server.answered.toSorted(), 'one line each')
})
