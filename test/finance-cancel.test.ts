import { monitorEventLoopDelay } from 'node:perf_hooks'
import t from 'tap'
import { ctx, source } from './helpers/finance-call.ts'
import { connect } from './helpers/json-rpc.ts'
import { call, initialize, ping } from './helpers/messages.ts'

/** A call that takes seconds when nobody stops it. */
const long = {
  inputs: [{ name: 'a', distribution: 'gamma', parameters: { shape: 0.5, scale: 2 } }],
  calculation: Array.from({ length: 30 }, (_, i) => `exp(-a * ${i + 1})`).join(' + '),
  iterations: 1_000_000,
  seed: 1
}
const history = Array.from({ length: 200 }, (_, i) => 50 + 20 * Math.sin(i))
const calls: Readonly<Record<string, object>> = {
  run_monte_carlo: long,
  analyze_scenarios: {
    inputNames: ['a'],
    model: long.calculation,
    iterations: 500_000,
    scenarios: ['one', 'two'].map((name) => ({
      name,
      inputs: { a: { distribution: { type: 'gamma', shape: 0.5, scale: 2 } } }
    }))
  },
  run_inventory_simulation: {
    demand_history: history,
    mean_lead_time: 100,
    service_level: 0.95,
    iterations: 1_000_000
  }
}

for (const [name, args] of Object.entries(calls)) {
  t.test(`${name} stops when it is cancelled, and lets others in meanwhile`, async (t) => {
    const tool = source.tools.find((tool) => tool.name === name)
    const parsed = await tool?.parse(args)
    if (!tool || !parsed?.ok) throw new Error(`cannot call ${name}`)
    const stopping = new AbortController()
    const delay = monitorEventLoopDelay({ resolution: 1 })
    const seen: (readonly [number, number | undefined])[] = []
    let abortedMs = 0
    let turns = 0
    const turn = setInterval(() => {
      turns += 1
    }, 1)
    delay.enable()
    const running = Promise.resolve(
      tool.run(parsed.value, {
        ...ctx,
        signal: stopping.signal,
        progress(done, total) {
          seen.push([done, total])
          if (seen.length !== 20) return
          abortedMs = performance.now()
          stopping.abort(new Error('gone'))
        }
      })
    )
    await t.rejects(running, { message: 'gone' })
    const stoppedMs = performance.now() - abortedMs
    delay.disable()
    clearInterval(turn)
    t.equal(seen.length, 20, 'no progress after the end')
    t.ok(
      seen.every(([done, total]) => done < Number(total)),
      'it was far from done'
    )
    t.ok(turns > 5, 'timers ran meanwhile')
    t.comment(
      `${name}: stopped after ${stoppedMs.toFixed(1)} ms; longest stall ${(delay.max / 1e6).toFixed(1)} ms, 99 % below ${(delay.percentile(99) / 1e6).toFixed(1)} ms`
    )
  })
}

t.test('over stdio a cancelled simulation frees the server and is never answered', async (t) => {
  const client = connect(['--toolsets', 'finance.simulation', '--tools', 'run_monte_carlo'])
  const { params, ...rest } = call('run_monte_carlo', long)
  const watched = { ...rest, params: { ...params, _meta: { progressToken: 'p' } } }
  client.send(initialize(0), watched)
  await client.stdout.pick((text) => text.includes('notifications/progress') || undefined)
  client.send(ping(2))
  await client.answer(2)
  t.notMatch(client.stdout.text, /"id":1,/)
  const sentMs = performance.now()
  client.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } })
  client.child.stdin?.end()
  const ended = await client.ended
  t.equal(ended.code, 0)
  t.notMatch(ended.stdout, /"id":1,/, 'no answer')
  t.comment(`stdio: process ended ${(performance.now() - sentMs).toFixed(1)} ms after the cancel`)
})
