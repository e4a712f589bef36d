import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createAudit } from '../src/audit.ts'
import { Refusal } from '../src/errors.ts'
import { lockFile } from '../src/files/file-lock.ts'
import { entry, linesOf, linkOf, openAudit, verify, writeChain } from './helpers/audit-chain.ts'
import { fixture, isOneLine, run, start } from './helpers/executable.ts'
import { until } from './helpers/until.ts'

function newFile(): string {
  return join(t.testdir({}), 'audit.jsonl')
}

t.test('a restart goes on where the file ends', async (t) => {
  const file = newFile()
  for (let run = 0; run < 3; run++) await writeChain(file, 5)
  t.match(verify([file]), { code: 0, text: /^ok: 15 lines, head 15:/ })
  await writeChain(join(t.testdir({}), 'keyed'), 2, 'a key')
})

t.test('wherever a crash cuts a line, the next start says so and blames no other', async (t) => {
  const file = newFile()
  await writeChain(file, 3)
  const whole = readFileSync(file)
  const start = whole.lastIndexOf('\n', -2) + 1
  for (let size = start; size <= whole.length; size++) {
    writeFileSync(file, whole.subarray(0, size))
    const before = verify([file])
    await writeChain(file, 2)
    const { code, text } = verify([file])
    t.equal(code, 0, `cut to ${size}`)
    if (size === start || size === whole.length) {
      t.notMatch(text, /cut short/)
      t.equal(before.code, 0)
    } else if (size === whole.length - 1) {
      t.match(text, /^ok: 5 lines/, 'only its line break was missing')
    } else {
      t.match(before, { code: 1, text: /line 3 is cut short/ })
      t.match(text, /line 3 was cut short by a crash, as line 4 tells\nok: 5 lines/)
    }
  }
})

t.test('a second crash, while the first is told, blames no other line either', async (t) => {
  const file = newFile()
  await writeChain(file, 2)
  truncateSync(file, readFileSync(file).length - 20)
  await writeChain(file, 1)
  const start = readFileSync(file).lastIndexOf('\n', -2) - 30
  truncateSync(file, start)
  await writeChain(file, 1)
  t.match(verify([file]), { code: 0, text: /line 2 was cut short by a crash, as line 4 tells/ })
  const edited = readFileSync(file, 'utf8').replace('"principal":"alice"', '"principal":"mallet"')
  writeFileSync(file, edited)
  t.match(verify([file]), { code: 1, text: /line 1 was edited/ })
  writeFileSync(file, edited.replace('mallet', 'alice').replace(/\n\{"ts":"2/, '\n{"ts":"3'))
  t.match(verify([file]), { code: 1, text: /line 2 was edited/ }, 'what the crash left, too')
})

t.test('a file whose end is not of this chain is refused', async (t) => {
  const file = newFile()
  await writeChain(file, 2)
  t.throws(
    () => openAudit(file, { key: 'another key' }),
    /audit\.file .*none of this chain and key/
  )
  writeFileSync(file, 'something else\n')
  t.throws(() => openAudit(file), /audit\.file .*none of this chain/)
  t.notOk(existsSync(`${file}.lock`), 'and no lock is left')
  t.throws(() => openAudit(join(file, 'below-a-file')), /audit\.file/)
})

t.test(
  'one writer at a time, seen by other processes; of a dead one the lock is taken',
  async (t) => {
    const file = newFile()
    const env = { MCP_AUDIT_FILE: file }
    const first = start(['--stdio'], env)
    await until(() => existsSync(`${file}.lock`), 'the lock')
    const second = await run(['--stdio'], env)
    t.equal(second.code, 2)
    t.ok(isOneLine(second), second.stderr)
    t.match(second.stderr, new RegExp(`audit.file .*process ${first.child.pid} writes to it`))
    t.equal((await run(['tools', 'list'], env)).code, 0, 'a list asks for no file')
    first.child.kill('SIGKILL')
    await first.ended
    t.ok(existsSync(`${file}.lock`), 'a killed process leaves its lock')
    const third = await run(['tools', 'call', 'calculate_npv', '--args', '{}'], env)
    t.not(third.code, 2, third.stderr)
    t.notOk(existsSync(`${file}.lock`), 'one that ends does not')
    t.match(verify([file]), { code: 0, text: /^ok: 1 lines/ })
  }
)

t.test('a lock from another place counts while it is fresh', async (t) => {
  const path = join(t.testdir({}), 'lock')
  writeFileSync(path, `${JSON.stringify({ pid: 1, started: '1', space: 'another host' })}\n`)
  t.throws(() => lockFile(path), /process 1 writes to it/)
  const minuteAgo = new Date(Date.now() - 60_000)
  utimesSync(path, minuteAgo, minuteAgo)
  const lock = lockFile(path)
  t.throws(() => lockFile(path), /process \d+ writes to it/, 'nor twice in one process')
  lock.release()
  t.notOk(existsSync(path))
})

t.test('a rotation loses nothing, and the new file goes on from the old', async (t) => {
  const file = newFile()
  const old = `${file}.1`
  const audit = openAudit(file)
  for (let index = 0; index < 500; index++) {
    audit.record(entry)
    if (index === 200) renameSync(file, old)
    if (index === 300) audit.reopen()
    if (index % 7 === 0) await audit.written()
  }
  audit.reopen()
  await audit.close(0)
  t.equal(linesOf(old).length + linesOf(file).length, 501)
  t.match(verify([old, file]), { code: 0, text: /^ok: 501 lines/ })
  t.match(verify([file]), { code: 0, text: /goes on from an older file, which was not given/ })
  t.match(verify([file, old]), { code: 1 })
  writeFileSync(old, readFileSync(old, 'utf8').split('\n').slice(0, -2).join('\n').concat('\n'))
  t.match(verify([old, file]), { code: 1, text: /audit.jsonl: 1 line before line 1 missing/ })
  writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(1).join('\n'))
  t.match(verify([file]), { code: 1, text: /lines before line 1 missing/ })
})

t.test('a full disk: lines are dropped and counted, and the next one tells of them', async (t) => {
  let isFull = true
  const texts: string[] = []
  const problems: string[] = []
  const append = (text: string): void => {
    if (isFull) throw new Error('ENOSPC: no space left on device, write')
    texts.push(text)
  }
  const report = (problem: string): void => {
    problems.push(problem)
  }
  const audit = createAudit({ enabled: true, args: 'none', report }, { append })
  for (let index = 0; index < 3; index++) {
    audit.record(entry)
    await audit.written()
  }
  t.same(audit.counts(), { records: 0, dropped: 3 })
  t.notOk(audit.isBlocked(), 'nobody asked to stop for it')
  t.match(problems, [/ENOSPC/, /ENOSPC/, /ENOSPC/])
  isFull = false
  audit.record(entry)
  await audit.written()
  t.same(audit.counts(), { records: 2, dropped: 3 })
  const file = newFile()
  writeFileSync(file, texts.join(''))
  t.match(verify([file]), { code: 0, text: /before line 1, 3 could not be written\nok: 2 lines/ })
})

t.test('with audit.required results are withheld, and written once there is space', async (t) => {
  let isFull = true
  const texts: string[] = []
  const append = (text: string): void => {
    if (isFull) throw new Error('ENOSPC')
    texts.push(text)
  }
  const audit = createAudit({ enabled: true, args: 'none', required: true }, { append })
  audit.demand()
  audit.record(entry)
  await t.rejects(audit.written() ?? Promise.resolve(), { kind: 'unrecorded', message: /withheld/ })
  t.throws(() => audit.demand(), new Refusal('unrecorded'))
  t.ok(audit.isBlocked())
  t.same(audit.counts(), { records: 0, dropped: 0 })
  isFull = false
  audit.demand()
  t.match(texts, [/"event":"TOOL_EXECUTE"/], 'the line of the call that was done')
  t.notOk(audit.isBlocked())
  t.same(audit.counts(), { records: 1, dropped: 0 })
})

for (const mode of ['required', 'best effort']) {
  t.test(`a file that may not grow, ${mode}: no half line stays`, async (t) => {
    const args = [process.execPath, fixture('audit-under-limit'), newFile(), mode]
    const script = 'ulimit -f 40; unset NODE_OPTIONS; exec "$@"'
    const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...args])
    const found = JSON.parse(String(stdout) || JSON.stringify(String(stderr)))
    t.match(found, { code: 0, whole: true, text: /ok: \d+ lines/ })
    t.ok(found.records > 20 && found.records < 400)
    t.equal(mode === 'required' ? found.withheld : found.dropped, 400 - found.records)
  })
}

t.test('a descriptor that somebody closed is opened again', async (t) => {
  const file = newFile()
  const audit = openAudit(file)
  audit.record(entry)
  await audit.written()
  const fds = readdirSync('/proc/self/fd').map(Number)
  const fd = fds.find((number) => targetOf(number) === file)
  closeSync(fd ?? -1)
  audit.record(entry)
  await audit.written()
  t.same(audit.counts(), { records: 1, dropped: 1 })
  audit.record(entry)
  await audit.written()
  await audit.close(0)
  t.match(verify([file]), { code: 0, text: /before line 2, 1 could not be written\nok: 3 lines/ })
})

function targetOf(fd: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}

t.test('audit head prints what verify takes', async (t) => {
  const file = newFile()
  await writeChain(file, 7)
  const { stdout, code } = await run(['audit', 'head', file])
  t.equal(code, 0)
  t.equal(stdout, `7:${linkOf(linesOf(file).at(-1)).hash}\n`)
  t.match(await run(['audit', 'verify', file, '--head', stdout.trim()]), { code: 0 })
  truncateSync(file, readFileSync(file).lastIndexOf('\n', -2) + 1)
  const cut = await run(['audit', 'verify', file, '--head', stdout.trim()])
  t.match(cut, { code: 1, stdout: /the tail is cut off/ })
  for (const wrong of [
    ['audit'],
    ['audit', 'look', file],
    ['audit', 'verify'],
    ['audit', 'head', file, file],
    ['audit', 'verify', file, '--head', '7'],
    ['audit', 'verify', `${file}.none`]
  ]) {
    const ended = await run(wrong)
    t.equal(ended.code, 2, wrong.join(' '))
    t.ok(isOneLine(ended), ended.stderr)
  }
})
