import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { examine, prepare } from './helpers/doctor-setup.ts'
import { selfSigned } from './helpers/self-signed.ts'
import { serve } from './helpers/serve.ts'
import { goodKey } from './helpers/strong-keys.ts'

/* What doctor says of files and ports that depend on who asks, and how. */

const isRoot = process.geteuid?.() === 0
const skip = isRoot ? false : 'only root can make files of root'
const service = 65_532

t.test('a server of ours with TLS on the port is no fault', async (t) => {
  const folder = t.testdir({ 'cert.pem': selfSigned.cert, 'key.pem': selfSigned.key })
  prepare({}, folder)
  const env = {
    MCP_AUTH_TOKEN: goodKey,
    MCP_TLS_CERT: join(folder, 'cert.pem'),
    MCP_TLS_KEY: join(folder, 'key.pem')
  }
  const port = String((await serve(t, ['--http'], env)).port)
  const askWith = async (more: Readonly<Record<string, string>>) =>
    (await examine({ args: ['--http', port], env: { ...env, MCP_PORT: '', ...more } }, folder)).text
  t.match(await askWith({}), /^pass +http\.port +\d+: Portcullis [\d.]+ answers there$/m)
  const asksBack = await askWith({ MCP_TLS_CLIENT_CA: join(folder, 'cert.pem') })
  t.match(asksBack, /^warn +http\.port +\d+ is taken, and asks for a certificate/m)
})

t.test(
  'as root: a token file that root gives a group to read is fine for others',
  { skip },
  async (t) => {
    const folder = t.testdir({})
    prepare({ files: { tokens: [`alice:${goodKey}\n`, 0o440] } }, folder)
    const file = join(folder, 'tokens')
    const ask = async () =>
      (await examine({ args: ['--http'], env: { MCP_AUTH_TOKEN_FILE: file } }, folder)).text
    const given = await ask()
    t.match(given, /^warn +auth\.tokenFile .*a server that runs as root refuses that$/m)
    t.match(given, /^pass +auth\.credentials +1 by the token file$/m)
    chownSync(file, service, service)
    t.match(await ask(), /^fail +auth\.tokenFile .*run chmod 600 on it$/m)
  }
)

/** What the check of the audit file finds, as the user of the service. */
function examineAudit(file: string): string {
  const [checks, config] = ['../bin/doctor/audit.js', '../src/config.js'].map((path) =>
    JSON.stringify(new URL(path, import.meta.url).href)
  )
  // Loaded as root: the user may have no way to the checkout.
  const script = `
    const { auditChecks } = await import(${checks})
    const { loadConfig } = await import(${config})
    if (process.geteuid() === 0) process.setuid(${service})
    const { config } = loadConfig({ flags: new Map(), env: { MCP_AUDIT_FILE: process.argv[1] } })
    const { run } = auditChecks.find(({ id }) => id === 'audit.file')
    console.log(JSON.stringify(await run({ config })))`
  const args = ['--input-type=module', '--eval', script, file]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: {} })
  return stdout || stderr
}

t.test('an audit file that may be written fails in a folder that may not', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-doctor-'))
  t.teardown(() => {
    chmodSync(folder, 0o700)
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'audit.jsonl')
  writeFileSync(file, '', { mode: 0o600 })
  if (isRoot) for (const path of [folder, file]) chownSync(path, service, service)
  t.match(examineAudit(file), /"status":"pass"/)
  chmodSync(folder, 0o500)
  t.match(examineAudit(file), /"status":"fail","says":"\S*portcullis-doctor-\w+ is missing or not/)
})
