import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fixture, type Running, start } from './helpers/executable.ts'
import { findFreePort } from './helpers/free-port.ts'
import { send } from './helpers/http.ts'
import { modernHeaders, modernRequest, toolCall } from './helpers/messages.ts'
import { without } from './helpers/program.ts'
import {
  type RunningProxy,
  type StartProxy,
  site,
  startCaddy,
  startNginx
} from './helpers/proxies.ts'
import { until } from './helpers/until.ts'

/*
 * Two instances behind the shipped files, restarted in turn under calls that write. More often,
 * and behind Caddy, too: DEPLOY_ROLLS=20 node dist/test/deploy-rolling.test.js
 */

const rolls = Number(process.env.DEPLOY_ROLLS ?? 1)
const isLong = process.env.DEPLOY_ROLLS !== undefined
const callers = ['ann', 'ben', 'cat', 'dan']
const tokenOf = (caller: string) => `Zq81mvLc0pTy5RwXb7Ne3KsUd9HgAf2J-${caller}`

t.setTimeout(Math.max(120_000, rolls * 20_000))

interface Fleet {
  readonly ports: readonly number[]
  /** Ends an instance by SIGTERM and starts it again on its port. */
  restart(index: number): Promise<void>
}

async function startFleet(t: Test, tallyFile: string): Promise<Fleet> {
  const folder = t.testdir({})
  const tokens = join(folder, 'tokens')
  const lines = callers.map((caller) => `${caller}:${tokenOf(caller)}\n`)
  writeFileSync(tokens, lines.join(''), { mode: 0o600 })
  const ports = [await findFreePort(), await findFreePort()]
  const running = await Promise.all(ports.map(open))

  async function open(port: number): Promise<Running> {
    const flags = ['--http', '--port', String(port), '--module', fixture('proxied-tools')]
    const server = start(flags, {
      MCP_AUTH_TOKEN_FILE: tokens,
      MCP_AUDIT_FILE: join(folder, `audit-${port}.jsonl`),
      MCP_ALLOWED_HOSTS: site,
      MCP_TRUST_PROXY: '127.0.0.1',
      MCP_RATE_LIMIT_ENABLED: 'false',
      TALLY_FILE: tallyFile
    })
    await server.stderr.until(/"msg":"listening"/)
    return server
  }

  t.teardown(() => {
    for (const { child } of running) child.kill('SIGKILL')
  })
  return {
    ports,
    async restart(index) {
      const server = running[index]!
      server.child.kill('SIGTERM')
      const { code } = await server.ended
      if (code !== 0) throw new Error(`an instance ended with ${code}`)
      running[index] = await open(ports[index]!)
    }
  }
}

/** Calls as one caller, one after the other, until it is told to stop; statuses by nonce. */
async function callOn(
  proxy: RunningProxy,
  caller: string,
  isOver: () => boolean,
  statuses: Map<string, string>
): Promise<void> {
  const agent = proxy.createAgent()
  for (let number = 0; !isOver(); number++) {
    const nonce = `${caller} ${number}`
    const body = modernRequest('tools/call', toolCall('tally', { nonce: String(number) }))
    const headers = {
      ...modernHeaders(body),
      host: site,
      authorization: `Bearer ${tokenOf(caller)}`
    }
    const status = await send(`${proxy.origin}/mcp`, { headers, body, agent }).then(
      ({ status, text }) => (text.includes('noted') ? 'done' : String(status)),
      ({ code }: NodeJS.ErrnoException) => String(code)
    )
    statuses.set(nonce, status)
  }
  agent.destroy()
}

function countEach(texts: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

async function roll(t: Test, startProxy: StartProxy): Promise<void> {
  const tallyFile = join(t.testdir({ tally: '' }), 'tally')
  const fleet = await startFleet(t, tallyFile)
  const proxy = await startProxy(fleet.ports)
  t.teardown(() => proxy.close())
  const statuses = new Map<string, string>()
  let isOver = false
  const load = callers.map((caller) => callOn(proxy, caller, () => isOver, statuses))
  const more = (count: number) => {
    const enough = statuses.size + count
    return until(() => statuses.size >= enough, `${count} more calls`)
  }
  await more(40)
  for (let round = 0; round < rolls; round++) {
    for (const index of fleet.ports.keys()) {
      await fleet.restart(index)
      await more(40)
    }
  }
  isOver = true
  await Promise.all(load)

  const tally = countEach(readFileSync(tallyFile, 'utf8').trim().split('\n'))
  const done = [...statuses].filter(([, status]) => status === 'done').map(([nonce]) => nonce)
  t.comment(JSON.stringify([...countEach(statuses.values())]))
  t.strictSame(
    [...tally].filter(([, times]) => times > 1),
    [],
    'nothing ran twice'
  )
  t.strictSame(
    done.filter((nonce) => !tally.has(nonce)),
    [],
    'what was answered had run'
  )
  // Told apart from a broken instance: 503 is the refusal of one that drains, 502 a cut connection.
  const others = new Set(
    [...statuses.values()].filter((status) => !/^(?:done|50[23])$/.test(status))
  )
  t.strictSame([...others], [])
}

/** As fast as the callers are; the limit per address has a test of its own. */
const startFastNginx: StartProxy = (instances) =>
  startNginx(instances, (text) => text.replace('rate=30r/s', 'rate=9000r/s'))

t.test(
  'nginx: nothing runs twice and nothing answered is lost while instances roll',
  { skip: without('nginx') },
  (t) => roll(t, startFastNginx)
)
if (isLong) t.test('caddy: the same', { skip: without('caddy') }, (t) => roll(t, startCaddy))
