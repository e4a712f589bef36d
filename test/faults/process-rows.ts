import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { attackBodies } from '../campaign/phases.ts'
import { startTarget } from '../campaign/server.ts'
import { run } from '../helpers/executable.ts'
import { send } from '../helpers/http.ts'
import { settingRows } from '../helpers/settings.ts'
import { until } from '../helpers/until.ts'
import { expectWhole, type Row } from './row.ts'
import { pace, type System, spread } from './system.ts'

const loud = { LOG_LEVEL: 'info' }

const crash: Row = {
  id: 'crash-loop',
  fault: 'a tool throws in a timer, rejects unheard, throws twice',
  expected: 'logged, what runs is answered, exit 1, nobody hangs',
  isQuick: true,
  async run(stage) {
    const told: string[] = []
    let ledger: System['ledger'] | undefined
    let last: System | undefined
    for (const way of ['throw', 'reject', 'twice']) {
      const system = await stage.start({ env: loud, ...(ledger && { ledger }) })
      ledger = system.ledger
      const before = system.noted().length
      const others = Array.from({ length: 5 }, () => system.call('linger', { ms: 1500 }))
      await until(() => system.noted().length === before + 5, 'they run')
      await system.call('crash', { way })
      const { code, stderr } = await system.target.ended
      const answered = (await Promise.all(others)).filter(({ ending }) => ending === 'ok').length
      stage.expect(code === 1, `${way}: exit ${code}`)
      stage.expect(answered === 5, `${way}: ${answered} of 5 answered`)
      const errors = stderr.split('unexpected error, shutting down').length - 1
      stage.expect(errors === (way === 'twice' ? 2 : 1), `${way}: ${errors} errors in the log`)
      told.push(`${way}: ${answered} of 5 answered, ${errors} logged, exit ${code}`)
      last = system
    }
    if (!last) throw new Error('nothing was tried')
    const tally = last.join()
    expectWhole(stage, tally)
    return { seen: told.join('; '), tally }
  }
}

const oom: Row = {
  id: 'oom',
  fault: '128 MiB of heap under bodies of 1 MB and malformed ones',
  expected: 'the limits keep it alive',
  async run(stage) {
    const target = await startTarget('http', { nodeArgs: ['--max-old-space-size=128'] })
    stage.defer(target.stop)
    const big = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { x: 'x'.repeat(1_000_000) }
    })
    const headers = {
      authorization: `Bearer ${target.key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream'
    }
    await spread(stage.size(50, 2000), 20, () =>
      send(`http://127.0.0.1:${target.port}/mcp`, { headers, body: big }).catch(() => undefined)
    )
    const report = await attackBodies(target, stage.size(200, 20_000), 7)
    for (const fault of report.faults.slice(0, 5)) stage.expect(false, fault)
    const { heapUsed } = await target.measure()
    return `alive, heap ${(heapUsed / 2 ** 20).toFixed(0)} MiB after it, ${report.sent} malformed bodies`
  }
}

const stall: Row = {
  id: 'loop-stall',
  fault: 'a tool blocks the event loop for 3 s',
  expected:
    'what came meanwhile is answered: shed with 503 and Retry-After, ready says overloaded, health 200',
  isQuick: true,
  async run(stage) {
    const system = await stage.start({ env: { MCP_MAX_LOOP_DELAY: '2' } })
    await system.call('note')
    const agent = new Agent({ keepAlive: true })
    const warm = Array.from({ length: 5 }, () => system.call('note', {}, { agent }))
    await Promise.all(warm)
    const blocked = system.call('block', { ms: 3000 })
    await until(() => system.noted().length >= 7, 'it blocks')
    const inside = Array.from({ length: 20 }, () => system.call('note', {}, { agent }))
    const probes = Promise.all([
      send(`${system.origin}/health`, { method: 'GET', agent }),
      send(`${system.origin}/ready`, { method: 'GET', agent }),
      send(`${system.origin}/mcp`, { body: '{}', agent })
    ])
    const answers = await Promise.all(inside)
    const [health, ready, stranger] = await probes
    agent.destroy()
    const shed = answers.filter(({ status }) => status === 503).length
    const lost = answers.filter(({ ending }) => ending === 'lost').length
    stage.expect((await blocked).ending === 'ok', 'the call itself is not answered')
    stage.expect(lost === 0, `${lost} lost`)
    stage.expect(shed > 0, 'nothing was shed')
    stage.expect(health.status === 200, `health ${health.status}`)
    stage.expect(ready.status === 503 && ready.text.includes('overloaded'), `ready ${ready.text}`)
    stage.expect(
      stranger.status === 503 && stranger.headers['retry-after'] === '1',
      'shed before the key is asked for'
    )
    await until(async () => (await system.get('/ready')).status === 200, 'it is ready again')
    stage.expect((await system.call('note')).ending === 'ok', 'it does not go on')
    const tally = system.join()
    expectWhole(stage, tally)
    return {
      seen: `20 during the stall: ${shed} shed, ${20 - shed - lost} served, ${lost} lost; ready ${ready.status} overloaded, health 200`,
      tally
    }
  }
}

const faketimeLibrary = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'

const clock: Row = {
  id: 'clock-jump',
  fault: 'the wall clock jumps by an hour, forward and back',
  expected: 'limits and deadlines do not notice, no negative duration',
  missing: () =>
    existsSync(faketimeLibrary)
      ? undefined
      : 'libfaketime is not installed: apt-get install libfaketime',
  async run(stage) {
    const file = join(stage.folder, 'clock')
    writeFileSync(file, '+0')
    const env = {
      LD_PRELOAD: faketimeLibrary,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      MCP_RATE_LIMIT_ENABLED: 'true'
    }
    const rate = { perMinute: 6000, burst: 200 }
    const settings = {
      limits: { enabled: true, address: 10_000_000, methods: { 'tools/call': rate } }
    }
    const system = await stage.start({ env, settings })
    const years: string[] = []
    for (const jump of ['+3600', '-3600', '+0']) {
      writeFileSync(file, jump)
      await pace(50, stage.size(1, 5), () => system.call('note'))
      const called = await system.call('linger', { ms: 100 })
      stage.expect(called.ending === 'ok', `${jump}: ${called.ending}`)
      years.push(JSON.parse(await (await system.get('/health')).text).timestamp.slice(11, 13))
    }
    stage.expect(years[0] !== years[1], 'the clock did not jump')
    const lines = readFileSync(system.target.auditFile, 'utf8')
    stage.expect(!/"durationMs":-/.test(lines), 'a negative duration')
    const tally = system.join()
    expectWhole(stage, tally)
    stage.expect(tally.ok === tally.sent, `${tally.sent - tally.ok} were limited or failed`)
    return {
      seen: `${tally.ok} of ${tally.sent} served at hours ${years.join(', ')}, no negative duration`,
      tally
    }
  }
}

const descriptors: Row = {
  id: 'fd-exhaustion',
  fault: 'descriptors run out (prlimit)',
  expected: 'the same process serves again within 2 s of relief',
  missing: () =>
    spawnSync('prlimit', ['--version']).status === 0 ? undefined : 'prlimit is not installed',
  async run(stage) {
    const system = await stage.start()
    await system.call('note')
    // Under the leading `env` it is the same process: env execs.
    const pid = String(system.target.child.pid)
    const used = readdirSync(`/proc/${pid}/fd`).length
    spawnSync('prlimit', ['--pid', pid, `--nofile=${used + 5}`])
    const crowd = Array.from({ length: 40 }, () =>
      system.call('linger', { ms: 300 }, { agent: false, signal: AbortSignal.timeout(3000) })
    )
    const during = await Promise.all(crowd)
    spawnSync('prlimit', ['--pid', pid, '--nofile=20000'])
    const sinceMs = performance.now()
    await until(
      async () =>
        (await system.call('note', {}, { agent: false, signal: AbortSignal.timeout(1000) }))
          .ending === 'ok',
      'it serves again'
    )
    const backMs = performance.now() - sinceMs
    stage.expect(system.isAlive(), 'the process is gone')
    stage.expectTime(backMs <= 2000, `back after ${backMs.toFixed(0)} ms`)
    const tally = system.join()
    expectWhole(stage, tally)
    const served = during.filter(({ ending }) => ending === 'ok').length
    return {
      seen: `${served} of 40 served meanwhile, same process, back after ${backMs.toFixed(0)} ms`,
      tally
    }
  }
}

const badSettings: Row = {
  id: 'cfg-bad',
  fault: 'every bad value of every variable that the table of settings knows',
  expected: 'exit 2, one readable line, not the value of a secret',
  async run(stage) {
    const all = settingRows.flatMap(({ env = [], bad = [], secret }) =>
      env.slice(0, 1).flatMap((name) => bad.map((value) => ({ name, value, secret })))
    )
    const chosen = stage.isFull
      ? all
      : all.filter((_, index) => index % Math.ceil(all.length / 12) === 0)
    let wrong = 0
    await spread(chosen.length, 4, async (index) => {
      const { name = '', value = '', secret } = chosen[index] ?? {}
      const ended = await run(['--print-config'], { [name]: value })
      const isGood = ended.code === 2 && /^mcp-server: [^\n]+\n$/.test(ended.stderr)
      // A word as short as a scheme stands in the hint, and is no secret.
      const isOwn = value.length > 8
      const tellsSecret = secret === true && isOwn && ended.stderr.includes(value)
      if (isGood && !tellsSecret) return
      wrong++
      stage.expect(
        false,
        `${name}=${secret ? '(secret)' : value}: exit ${ended.code}: ${ended.stderr.slice(0, 100)}`
      )
    })
    return `${chosen.length - wrong} of ${chosen.length} refused with 2 and one line`
  }
}

export const processRows: readonly Row[] = [crash, oom, stall, clock, descriptors, badSettings]
