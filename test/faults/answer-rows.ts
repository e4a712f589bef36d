import { setTimeout as wait } from 'node:timers/promises'
import { startFaultProcess } from '../helpers/fault-process.ts'
import {
  type Fault,
  head,
  raw,
  reply,
  resetMidBody,
  shortFin,
  startFaultServer
} from '../helpers/fault-server.ts'
import { good, isError, mount } from './api-mount.ts'
import { noncesIn } from './ledger.ts'
import { expectWhole, type Row } from './row.ts'
import type { Called, System } from './system.ts'

const mebibyte = 1024 * 1024

/** Reads and writes against an API that breaks off: nothing partial is a success. */
function brokenRow(id: string, fault: string, expected: string, what: Fault, full: number): Row {
  return {
    id,
    fault,
    expected,
    isQuick: id === 'up-reset-mid-body',
    async run(stage) {
      const count = stage.size(10, full)
      const { system, finish, server } = await mount(stage, good, {
        env: { UPSTREAM_BACKOFF_FACTOR: '0.01' }
      })
      const calls: Called[] = []
      let broken = 0
      let most = 0
      for (let index = 0; index < count; index++) {
        const isRead = index % 2 === 0
        let attempts = 0
        server.answerWith((socket, seen) => {
          attempts++
          what(socket, seen)
        })
        calls.push(isRead ? await system.read() : await system.write())
        stage.expect(attempts >= 1 && attempts <= (isRead ? 3 : 1), `${attempts} attempts`)
        broken += attempts
        most = Math.max(most, attempts)
        server.answerWith(good)
        // Fewer than half may fail: the circuit breaker would keep the rest away.
        for (let turn = 0; turn < 2 * attempts; turn++) await system.read()
      }
      const wrong = calls.filter((called) => !isError(called)).length
      stage.expect(wrong === 0, `${wrong} of ${count} were no error`)
      return finish(
        `${broken} broken answers to ${count} calls, ${wrong} taken for good, ${most} attempts at most`
      )
    }
  }
}

const secret = 'upstream-body-that-nobody-may-see'

function badAnswerRow(id: string, fault: string, faults: readonly Fault[]): Row {
  return {
    id,
    fault,
    expected: 'isError, nothing of the body in it',
    async run(stage) {
      const { server, system, finish } = await mount(stage, good)
      for (const [index, each] of faults.entries()) {
        server.answerWith(each)
        const called = await system.read()
        stage.expect(isError(called), `${index}: ${called.text.slice(0, 200)}`)
        stage.expect(!called.text.includes(secret), `${index} tells the body`)
      }
      return finish(`${faults.length} kinds, each isError, 0 bytes of a body told`)
    }
  }
}

const png = { 'content-type': 'image/png' }

const garbage: readonly Fault[] = [
  reply(200, `{"id":1,${secret}`),
  reply(200, `<html>${secret}</html>`),
  reply(200, `<html>${secret}</html>`, { 'content-type': 'text/html' }),
  reply(200, ''),
  reply(200, `\ufeff${secret}`)
]

const manyHeaders = Array.from({ length: 20_000 }, (_, index) => `x-${index}: 1`).join('\r\n')

const badHeads: readonly Fault[] = [
  raw(`HTTP/1.1 200 OK\r\n${manyHeaders}\r\ncontent-length: 2\r\n\r\n{}`),
  raw(`HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(mebibyte)}\r\ncontent-length: 2\r\n\r\n{}`),
  raw('HTTP/1.1 200 OK\r\nx-a: a\rb\r\ncontent-length: 2\r\n\r\n{}'),
  raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} ')
]

const stacked: Fault = (socket) => {
  const encodings = Array.from({ length: 500 }, () => 'gzip').join(', ')
  const headers = {
    'content-type': 'application/json',
    'content-encoding': encodings,
    'content-length': 2
  }
  socket.write(`${head(200, headers)}{}`)
}

function memoryRow(
  id: string,
  fault: string,
  kinds: readonly ('pour' | 'pour-unannounced' | 'bomb')[]
): Row {
  return {
    id,
    fault,
    expected: 'isError, memory grows by 32 MiB at most',
    async run(stage) {
      const bytes = stage.size(64, 1024) * mebibyte
      const warm = await mount(stage, reply(200, JSON.stringify('a'.repeat(mebibyte))))
      const { ledger } = warm.system
      const told: string[] = []
      if (kinds.includes('bomb')) {
        warm.server.answerWith(stacked)
        stage.expect(isError(await warm.system.read()), 'stacked encodings: no error')
        told.push('500 encodings refused')
      }
      await warm.system.target.stop()
      for (const kind of kinds) {
        const heavy = await startFaultProcess(kind, bytes)
        stage.defer(() => heavy.close())
        const system = await stage.start({ api: heavy.origin, ledger })
        const growth = await watchMemory(system, async () => {
          for (let call = 0; call < 3; call++) {
            stage.expect(isError(await system.read()), `${kind}: no error`)
          }
        })
        stage.expect(growth <= 32, `${kind}: memory grew by ${growth.toFixed(1)} MiB`)
        told.push(`${kind}: +${growth.toFixed(1)} MiB`)
        await system.target.stop()
      }
      const tally = warm.system.join([])
      expectWhole(stage, tally)
      return { seen: told.join(', '), tally }
    }
  }
}

/** MiB by which the server grew at most, after calls that have warmed it up. */
async function watchMemory(system: System, work: () => Promise<void>): Promise<number> {
  // Results of about the size that is refused: the room that they take is no leak.
  for (let call = 0; call < 20; call++) await system.call('fill', { bytes: 1_000_000 })
  const before = (await system.target.measure()).rss
  let peak = before
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      peak = Math.max(peak, (await system.target.measure()).rss)
      await wait(5)
    }
  })()
  await work()
  isOver = true
  await watching
  return (peak - before) / mebibyte
}

const extra: Row = {
  id: 'up-extra-response',
  fault: 'a second answer that nobody asked for, on a kept connection',
  expected: 'no call gets what belongs to another',
  isQuick: true,
  async run(stage) {
    const count = stage.size(50, 1000)
    const delays = [0, 1, 5, 20]
    const { system, server, finish } = await mount(stage, (socket, seen) => {
      reply(200, `{"own":"${noncesIn(seen.target)[0]}"}`)(socket, seen)
      const delayMs = delays[seen.connection % delays.length] ?? 0
      const stray = reply(200, '{"own":"somebody else"}')
      if (delayMs === 0) stray(socket, seen)
      else setTimeout(() => socket.destroyed || stray(socket, seen), delayMs)
    })
    let wrong = 0
    for (let index = 0; index < count; index++) {
      const { text, ending } = await system.read()
      if (ending === 'ok' && text.includes('somebody else')) wrong++
      // Idle: what comes while a request is under way cannot be told from its answer.
      await wait(30)
    }
    stage.expect(wrong === 0, `${wrong} calls got another's answer`)
    const connections = new Set(server.seen.map(({ connection }) => connection)).size
    stage.expect(
      connections === server.seen.length,
      `${server.seen.length - connections} connections used again`
    )
    return finish(`${wrong} of ${count} got another's answer, ${connections} connections`)
  }
}

const redirect: Row = {
  id: 'up-redirect-internal',
  fault: '302 to a trap on loopback',
  expected: 'not followed',
  async run(stage) {
    const trap = await startFaultServer(good)
    stage.defer(() => trap.close())
    const { system, finish } = await mount(
      stage,
      reply(302, '', { location: `${trap.origin}/trap` })
    )
    stage.expect(isError(await system.read()), 'no error')
    stage.expect(trap.seen.length === 0, `${trap.seen.length} requests at the trap`)
    return finish(`${trap.seen.length} requests at the trap`)
  }
}

export const answerRows: readonly Row[] = [
  brokenRow(
    'up-reset-mid-body',
    'RST after half of the body',
    'isError; a write once, a read 3 times at most',
    resetMidBody,
    200
  ),
  brokenRow(
    'up-fin-short',
    'FIN before the promised length',
    'no truncated answer is a success',
    shortFin,
    1000
  ),
  badAnswerRow('up-garbage-json', '200 with broken JSON, HTML, nothing, a BOM', garbage),
  badAnswerRow('up-wrong-type', 'image/png, or no type', [
    reply(200, secret, png),
    raw(`HTTP/1.1 200 OK\r\ncontent-length: ${secret.length}\r\n\r\n${secret}`)
  ]),
  memoryRow('up-huge-body', '1 GiB, announced and not', ['pour', 'pour-unannounced']),
  memoryRow('up-gzip-bomb', '1 MiB of gzip that holds 1 GiB; 500 encodings', ['bomb']),
  badAnswerRow(
    'up-bad-headers',
    '20,000 lines, 1 MiB in one, CR in a value, two lengths',
    badHeads
  ),
  extra,
  redirect
]
