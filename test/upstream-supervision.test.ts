import t from 'tap'
import { UpstreamError } from '../tools/upstream/upstream-error.ts'
import { until } from './helpers/until.ts'
import { callTool, childEntry, connect, faultOf, isAlive } from './helpers/upstreams.ts'

t.test('a program is started when it is first used, once for all', async (t) => {
  const { get } = connect(t, { child: childEntry() })
  const server = get('child')
  t.equal(server.state(), 'idle')
  t.equal(server.info, undefined)
  const found = await Promise.all([1, 2, 3].map((n) => callTool(server, 'echo', { n })))
  t.same(
    found.map(({ n }) => n),
    [1, 2, 3]
  )
  t.equal(new Set(found.map(({ pid }) => pid)).size, 1)
  t.equal(server.state(), 'up')
  t.match(server.info, { era: 'legacy', transport: 'stdio', serverInfo: { name: 'child' } })
})

t.test(
  'a crash answers every call that is open, and the program comes back by itself',
  async (t) => {
    const { get, lines } = connect(t, { child: childEntry() })
    const server = get('child')
    const { pid } = await callTool(server, 'echo')
    const connected: string[] = []
    server.subscribe(({ kind }) => connected.push(kind))
    const open = [1, 2, 3].map(() => callTool(server, 'silent'))
    const crash = callTool(server, 'crash')
    for (const call of [...open, crash]) {
      t.equal(await faultOf(call), 'connection')
    }
    await until(() => connected.includes('connected'), 'the program came back')
    const again = await callTool(server, 'echo')
    t.not(again.pid, pid)
    t.match(lines, [{}, {}, { level: 'warn', message: 'MCP server has ended its connection' }])
  }
)

t.test('a program that always ends at once is left alone for longer and longer', async (t) => {
  const { get } = connect(t, {
    bad: { command: process.execPath, args: ['-e', ''] },
    child: childEntry()
  })
  t.equal(await faultOf(callTool(get('bad'), 'echo')), 'connection')
  t.equal(get('bad').state(), 'down')
  t.equal(get('bad').circuit(), 'open')
  t.equal(await faultOf(callTool(get('bad'), 'echo')), 'connection', 'told at once')
  t.match(await callTool(get('child'), 'echo', { n: 1 }), { n: 1 }, 'the other one works')
})

for (const [what, tool, capabilities] of [
  ['crashes with its calls', 'crash', { elicitation: {} }],
  ['cannot even be connected', 'echo', { sampling: {} }]
] as const) {
  t.test(`a caller whose own program ${what} takes nothing from the others`, async (t) => {
    const { get } = connect(t, { child: childEntry() })
    const server = get('child')
    const { pid } = await callTool(server, 'echo')
    for (let index = 0; index < 5; index++) {
      t.equal(
        await faultOf(callTool(server, tool, {}, { caller: 'mallory', capabilities })),
        'connection'
      )
      t.equal((await callTool(server, 'echo')).pid, pid)
    }
    t.equal(server.state(), 'up')
  })
}

t.test('a caller who never answers leaves connections to the others', async (t) => {
  const { get } = connect(t, { child: childEntry() }, { settings: { maxConnections: 5 } })
  const server = get('child')
  const asked: unknown[] = []
  const leaving = new AbortController()
  const ask = (mode: string) =>
    callTool(
      server,
      'ask',
      {},
      {
        caller: 'mallory',
        capabilities: { elicitation: { [mode]: {} } },
        signal: leaving.signal,
        answer(_, signal) {
          asked.push(mode)
          return new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason))
          })
        }
      }
    )
  const waiting = ['a', 'b', 'c', 'd', 'e', 'f'].map((mode) => ask(mode).catch(() => 'refused'))
  t.equal(await Promise.race(waiting), 'refused', 'half of them may wait')
  const bob = { caller: 'bob', capabilities: { elicitation: {} } }
  t.match(await callTool(server, 'echo', { n: 1 }, bob), { n: 1 })
  t.equal(asked.length, 2)
  leaving.abort(new Error('left'))
  await Promise.all(waiting)
})

for (const of of ['notifications', 'answers', 'nonsense']) {
  t.test(`a program that writes ${of} without end holds up nobody else`, async (t) => {
    const { get } = connect(t, { flooding: childEntry(), child: childEntry() })
    await callTool(get('child'), 'echo')
    let heard = 0
    get('flooding').subscribe(() => heard++)
    await callTool(get('flooding'), 'flood', { of })
    for (let n = 0; n < 300; n++) t.match(await callTool(get('child'), 'echo', { n }), { n })
    // Each second some: without a pace it is a hundred thousand by now.
    t.ok(heard < 30_000, `${heard} announcements`)
  })
}

t.test('a program that is not there is a fault of the configuration', async (t) => {
  const { get } = connect(t, { bad: { command: '/no/such/program' } })
  const error = await callTool(get('bad'), 'echo').catch((error) => error)
  t.ok(error instanceof UpstreamError)
  t.same(JSON.parse(JSON.stringify(error)), {
    error: 'configuration',
    server: 'bad',
    message: 'The server behind this is not configured rightly: tell the operator.'
  })
})

t.test(
  'a program that ends on the question for its era is started again and asked as of old',
  async (t) => {
    const { get } = connect(t, { child: childEntry({ env: { EAGER_EXIT: '1' } }) })
    t.match(await callTool(get('child'), 'echo', { n: 1 }), { n: 1 })
  }
)

t.test('what a program has started ends with it', async (t) => {
  const { get, connections } = connect(t, { child: childEntry() })
  const { child, self } = await callTool(get('child'), 'family')
  t.ok(isAlive(Number(child)))
  await connections.close()
  await until(() => !isAlive(Number(child)) && !isAlive(Number(self)), 'both have ended')
})

t.test('a crash leaves no child behind either', async (t) => {
  const { get } = connect(t, { child: childEntry() })
  const { child } = await callTool(get('child'), 'family')
  await t.rejects(callTool(get('child'), 'crash'))
  await until(() => !isAlive(Number(child)), 'the child of the child has ended')
})

t.test('a program that does not answer any more is replaced', async (t) => {
  const { get } = connect(t, { child: childEntry({ timeout: 1 }) })
  const { pid } = await callTool(get('child'), 'echo')
  t.equal(await faultOf(callTool(get('child'), 'mute')), 'timeout')
  await until(() => !isAlive(Number(pid)), 'it has ended')
  t.not((await callTool(get('child'), 'echo')).pid, pid)
})

t.test('a slow answer is an error of its call alone', async (t) => {
  const { get } = connect(t, { child: childEntry({ timeout: 1 }) })
  const { pid } = await callTool(get('child'), 'echo')
  t.equal(await faultOf(callTool(get('child'), 'silent')), 'timeout')
  t.equal((await callTool(get('child'), 'echo')).pid, pid)
})

t.test('a caller who leaves gets its own reason, and the program stays', async (t) => {
  const { get, observed } = connect(t, { child: childEntry() })
  const { pid } = await callTool(get('child'), 'echo')
  const controller = new AbortController()
  const call = callTool(get('child'), 'silent', {}, { signal: controller.signal })
  setImmediate(() => controller.abort(new Error('left')))
  await t.rejects(call, { message: 'left' })
  t.equal((await callTool(get('child'), 'echo')).pid, pid)
  t.same(observed, ['child 2xx', 'child 2xx'], 'which says nothing about the server')
})

t.test('an unused program is stopped, and started again for the next call', async (t) => {
  const { get } = connect(t, { child: childEntry() }, { idleMs: 200 })
  const { pid } = await callTool(get('child'), 'echo')
  await until(() => get('child').state() === 'idle' && !isAlive(Number(pid)), 'it was stopped')
  t.not((await callTool(get('child'), 'echo')).pid, pid)
})

t.test('a program sees its own variables and none of ours', async (t) => {
  process.env.OUR_OWN_SECRET = 'must not leave'
  t.teardown(() => {
    delete process.env.OUR_OWN_SECRET
  })
  const env = { GIVEN: 'plain', TOKEN: { env: 'WHERE' } }
  const { get } = connect(t, { child: childEntry({ env }) }, { secrets: { WHERE: 'from there' } })
  const seen = await callTool(get('child'), 'environment')
  t.match(seen, { GIVEN: 'plain', TOKEN: 'from there', PATH: process.env.PATH })
  t.notOk('OUR_OWN_SECRET' in seen)
  // What tap gives to every program that its tests start is not ours.
  const isTap = (name: string) =>
    name.startsWith('_TAPJS') || ('_TAPJS_PROCESSINFO_ROOT_' in seen && name === 'NODE_OPTIONS')
  const names = Object.keys(seen).filter((name) => !isTap(name))
  t.notMatch(names.join(' '), /NODE_OPTIONS|TAP|npm_/)
})

t.test('its stderr comes into the log', async (t) => {
  const { get, lines } = connect(t, { child: childEntry() })
  await callTool(get('child'), 'echo')
  await until(() => lines.some(({ stderr }) => stderr === 'child is ready'), 'the line is logged')
})

t.test('a line beyond the cap is thrown away, and the program stays', async (t) => {
  const { get, lines } = connect(t, { child: childEntry({ timeout: 2 }) })
  const { pid } = await callTool(get('child'), 'echo')
  const bytes = 11 * 1024 * 1024
  t.equal(await faultOf(callTool(get('child'), 'huge', { bytes })), 'timeout')
  t.match(lines.at(-1), { message: 'MCP server wrote a line that is too long' })
  t.equal((await callTool(get('child'), 'echo')).pid, pid)
})

t.test('closing ends what is open, and nothing is started after it', async (t) => {
  const { get, connections } = connect(t, { child: childEntry() })
  await callTool(get('child'), 'echo')
  const open = callTool(get('child'), 'silent')
  open.catch(() => {})
  await connections.close()
  t.equal(await faultOf(open), 'connection')
  t.equal(await faultOf(callTool(get('child'), 'echo')), 'connection')
})
