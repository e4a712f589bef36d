import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { executable, run, spawnNode } from './helpers/executable.ts'

const call = ['tools', 'call', 'calculate_npv', '--args', '{"rate":0.1,"cashFlows":[-1,2]}']

t.test('no log level silences the audit', async (t) => {
  for (const level of ['error', 'critical', 'silent']) {
    const { code, stderr } = await run(call, { LOG_LEVEL: level })
    t.equal(code, 0)
    const lines = stderr.trim().split('\n')
    t.equal(lines.length, 1, `${level}: nothing but the audit`)
    t.match(JSON.parse(lines[0] ?? ''), { event: 'TOOL_EXECUTE', tool: 'calculate_npv' })
  }
})

/** Tells on stderr of each wait for the disk, with the name of the file. */
const spy = `
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
for (const name of ['fsyncSync', 'fdatasyncSync']) {
  const real = fs[name]
  fs[name] = (fd) => {
    process.stderr.write('disk: ' + fs.readlinkSync('/proc/self/fd/' + fd) + '\\n')
    return real(fd)
  }
}
syncBuiltinESMExports()`

t.test(
  'MCP_AUDIT_FSYNC waits for the disk with each write',
  { skip: process.platform !== 'linux' && 'needs /proc' },
  async (t) => {
    for (const isOn of [true, false]) {
      const file = join(t.testdir({}), `${isOn}.jsonl`)
      const env = { MCP_AUDIT_FILE: file, MCP_AUDIT_FSYNC: String(isOn) }
      const args = ['--import', `data:text/javascript,${encodeURIComponent(spy)}`, executable]
      const { code, stderr } = await spawnNode([...args, ...call], env, 'pipe').ended
      t.equal(code, 0, stderr)
      t.match(readFileSync(file, 'utf8'), /"event":"TOOL_EXECUTE"/)
      t.equal(stderr.includes(`disk: ${file}`), isOn, `MCP_AUDIT_FSYNC=${isOn}`)
    }
  }
)
