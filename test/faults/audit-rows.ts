import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { linesOf, verify } from '../helpers/audit-chain.ts'
import { scrape } from '../helpers/prometheus.ts'
import { until } from '../helpers/until.ts'
import { expectWhole, type Row, type Stage } from './row.ts'
import { pace, type System, spread } from './system.ts'

async function countsOf({ origin, target }: System) {
  const found = await scrape(origin, { authorization: `Bearer ${target.key}` })
  return {
    written: found.value('mcp_audit_records_total') ?? 0,
    dropped: found.value('mcp_audit_dropped_total') ?? 0
  }
}

/** A call has two lines: who came, and what was done. Each is written, or counted as dropped. */
function expectCounted(
  stage: Stage,
  { written, dropped }: { written: number; dropped: number },
  sent: number
): void {
  const entries = written + dropped
  // The reading of the figures has one, too, and going on after a gap.
  const isWhole = entries >= 2 * sent && entries <= 2 * sent + 5
  stage.expect(isWhole, `${written} written and ${dropped} counted for ${sent} calls`)
  stage.expect(dropped > 0, 'nothing was dropped')
}

/** A file system of 64 KiB, so that it fills as a disk does. */
function mountSmallDisk(stage: Stage): string {
  const folder = join(stage.folder, 'disk')
  mkdirSync(folder)
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
  if (status !== 0) throw new Error(`mount: ${stderr}`)
  stage.defer(() => spawnSync('umount', ['-l', folder]))
  return folder
}

function withoutMount(): string | undefined {
  const { status } = spawnSync('unshare', ['--mount', 'true'])
  return status === 0 ? undefined : 'a small file system cannot be mounted here (no root)'
}

/** With `audit.required` nothing runs unrecorded; otherwise what was dropped is counted. */
async function breakAudit(
  stage: Stage,
  isRequired: boolean,
  file: string,
  breakIt: (system: System) => Promise<void>,
  nodeArgs: readonly string[] = []
) {
  const env = { MCP_AUDIT_FILE: file, MCP_AUDIT_REQUIRED: String(isRequired) }
  const system = await stage.start({ env, nodeArgs })
  await spread(20, 4, () => system.call('note'))
  await breakIt(system)
  const before = system.noted().length
  await spread(stage.size(50, 500), 4, () => system.call('note'))
  const counts = await countsOf(system)
  const ready = await system.get('/ready')
  stage.expect(system.isAlive(), 'the process is gone')
  return { system, counts, ready, executed: system.noted().length - before }
}

const full: Row = {
  id: 'audit-enospc',
  fault: 'the audit file is on a full disk',
  expected:
    'required: refused, what ran unrecorded was withheld; else every missing line is counted',
  missing: withoutMount,
  async run(stage) {
    const told: string[] = []
    for (const isRequired of [true, false]) {
      const disk = isRequired ? mountSmallDisk(stage) : join(stage.folder, 'disk')
      const file = join(disk, `audit-${isRequired}.jsonl`)
      const { system, counts, ready, executed } = await breakAudit(
        stage,
        isRequired,
        file,
        async () => {
          spawnSync('sh', ['-c', `cat /dev/zero > ${join(disk, 'filler')} 2>/dev/null`])
        }
      )
      const tally = system.join()
      const without = tally.executed[1] - tally.audited[1]
      if (isRequired) {
        expectWhole(stage, tally)
        // A page may be half full: lines go on until the first that does not fit.
        stage.expect(without <= 4, `${without} executed without a line`)
        stage.expect(tally.refused > 0, 'nothing was refused')
        stage.expect(ready.text.includes('audit_unwritable'), `ready: ${ready.text}`)
        told.push(
          `required: ${executed} executed after it, ${without} of them withheld, ${tally.refused} refused`
        )
      } else {
        expectCounted(stage, counts, tally.sent)
        told.push(
          `else: ${without} calls without a line, ${counts.dropped} lines counted as dropped`
        )
      }
      await system.target.stop()
    }
    return told.join('; ')
  }
}

const closed: Row = {
  id: 'audit-eio',
  fault: 'the descriptor of the audit file is closed',
  expected: 'as on a full disk; the file is opened again',
  missing: () => (existsSync('/proc/self/fd') ? undefined : 'there is no /proc here'),
  isQuick: true,
  async run(stage) {
    const preload = `--import=${new URL('./saboteur.js', import.meta.url).href}`
    const file = join(stage.folder, 'audit.jsonl')
    const { system, counts } = await breakAudit(
      stage,
      false,
      file,
      async ({ target }) => {
        target.child.send({ closeFile: file })
        await wait(50)
      },
      [preload]
    )
    const tally = system.join()
    const without = tally.executed[1] - tally.audited[1]
    expectCounted(stage, counts, tally.sent)
    stage.expect((await system.call('note')).ending === 'ok', 'it does not go on')
    return {
      seen: `${without} calls without a line, ${counts.dropped} lines counted as dropped, then on`,
      tally: system.join()
    }
  }
}

const rotate: Row = {
  id: 'audit-rotate',
  fault: 'rename and SIGHUP under load',
  expected: 'no line is lost',
  async run(stage) {
    const system = await stage.start()
    const { auditFile, child } = system.target
    const olds: string[] = []
    const load = pace(100, stage.size(2, 20), () => system.call('note'))
    for (let turn = 0; turn < stage.size(3, 10); turn++) {
      await wait(200)
      const old = `${auditFile}.${turn}`
      renameSync(auditFile, old)
      olds.push(old)
      child.kill('SIGHUP')
      await until(() => existsSync(auditFile), 'the new file')
    }
    await load
    const files = [...olds, auditFile]
    const tally = system.join(undefined, files)
    expectWhole(stage, tally)
    stage.expect(tally.audited[1] === tally.sent, 'lines are missing')
    stage.expect(verify(files).code === 0, 'the chain is broken')
    return {
      seen: `${files.length} files, ${files.flatMap(linesOf).length} lines, one chain`,
      tally
    }
  }
}

const slow: Row = {
  id: 'audit-slow',
  fault: 'audit lines go to a pipe that nobody reads',
  expected: 'a bounded buffer, then dropped and counted; memory +32 MiB at most',
  async run(stage) {
    // Nothing there: standard error.
    const system = await stage.start({ env: { MCP_AUDIT_FILE: '' }, nodeArgs: ['--expose-gc'] })
    const calls = stage.size(500, 15_000)
    const load = (): Promise<unknown> => spread(calls, 8, () => system.call('note'))
    // What so many calls cost a server whose lines are read is not the fault's.
    await load()
    system.target.child.stderr?.pause()
    const before = (await system.target.measure()).rss
    await load()
    const growth = ((await system.target.measure()).rss - before) / 2 ** 20
    const { written, dropped } = await countsOf(system)
    system.target.child.stderr?.resume()
    stage.expect(growth <= 32, `memory +${growth.toFixed(1)} MiB`)
    if (stage.isFull) expectCounted(stage, { written, dropped }, system.join().sent)
    const tally = system.join()
    stage.expect(tally.ok === tally.sent, 'a call failed')
    return {
      seen: `memory grew by ${growth.toFixed(1)} MiB, ${dropped} lines counted as dropped, every call answered`,
      tally
    }
  }
}

const devFull: Row = {
  id: 'stdout-devfull',
  fault: 'the log goes to /dev/full',
  expected: 'log lines are dropped, calls go on, no crash',
  async run(stage) {
    const stderr = openSync('/dev/full', 'w')
    const system = await stage.start({ stderr, env: { LOG_LEVEL: 'debug' } })
    await spread(stage.size(50, 500), 4, () => system.call('note'))
    const tally = system.join()
    expectWhole(stage, tally)
    stage.expect(system.isAlive(), 'the process is gone')
    stage.expect(tally.ok === tally.sent, `${tally.sent - tally.ok} failed`)
    return { seen: 'every call answered, same process', tally }
  }
}

export const auditRows: readonly Row[] = [full, closed, rotate, slow, devFull]
