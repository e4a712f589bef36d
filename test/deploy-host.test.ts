import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse } from 'yaml'
import { settingsSchema } from '../src/settings.ts'
import { verify } from './helpers/audit-chain.ts'
import { send } from './helpers/http.ts'
import { check, deployed, shutdownSeconds, without } from './helpers/program.ts'
import { serve } from './helpers/serve.ts'
import { until } from './helpers/until.ts'

/* What runs on a host of its own: the unit, the rotation, the packet filter, scripts, the SBOM. */

const unitFile = deployed('systemd/portcullis.service')
const unit = readFileSync(unitFile, 'utf8')
const root = fileURLToPath(new URL('../../', import.meta.url))

t.test(
  'systemd accepts the unit and rates its exposure 2 of 10 at most',
  { skip: without('systemd-analyze', 'systemd') },
  async (t) => {
    const folder = t.testdir({
      // Where node is on this machine; the unit says where Debian has it.
      'portcullis.service': unit.replace('/usr/bin/node', process.execPath),
      'broken.service': unit.replace('/usr/bin/node', '/nonexistent/node')
    })
    const verified = check('systemd-analyze', ['verify', join(folder, 'portcullis.service')])
    t.equal(verified.status, 0, verified.text)
    t.equal(verified.text.trim(), '')
    t.not(check('systemd-analyze', ['verify', join(folder, 'broken.service')]).status, 0)
    // Counted in tenths.
    const args = [
      'security',
      '--offline=true',
      '--threshold=20',
      join(folder, 'portcullis.service')
    ]
    const rated = check('systemd-analyze', args)
    t.equal(rated.status, 0, rated.text)
    t.comment(rated.text.trim().split('\n').at(-1) ?? '')
  }
)

t.test('the unit waits for the end of the server', async (t) => {
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit) ?? []
  t.ok(Number(seconds) > shutdownSeconds, `${seconds} s`)
})

t.test('limits of the unit: connections, processes, memory', async (t) => {
  const figureOf = (name: string) => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(unit)?.[1])
  const { maxConnections } = settingsSchema.parse({}).http
  const { maxSockets } = settingsSchema.parse({}).api
  t.ok(figureOf('LimitNOFILE') >= maxConnections + maxSockets + 64, 'each is a descriptor')
  const tasks = figureOf('TasksMax')
  t.ok(
    tasks >= 64 && tasks <= 256,
    `TasksMax=${tasks}: threads of one Node, no more than HG-25 had`
  )
  t.match(unit, /^MemoryMax=\d+[MG]$/m)
})

t.test('the unit tries again what is refused, and makes a folder for its socket', async (t) => {
  const numberOf = (name: string) => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(unit)?.[1])
  t.notMatch(unit, /^RestartPreventExitStatus/m)
  t.ok(numberOf('RestartSec') * numberOf('StartLimitBurst') < numberOf('StartLimitIntervalSec'))
  t.match(unit, /^RuntimeDirectory=portcullis$/m)
  t.match(unit, /^ExecReload=.* -HUP /m)
})

t.test(
  'the unit runs as the user that sysusers makes',
  { skip: without('systemd-sysusers', 'systemd') },
  async (t) => {
    const { status, text } = check('systemd-sysusers', [
      '--dry-run',
      deployed('systemd/portcullis.sysusers')
    ])
    t.equal(status, 0, text)
    const [, user] = /^User=(\w+)$/m.exec(unit) ?? []
    t.match(readFileSync(deployed('systemd/portcullis.sysusers'), 'utf8'), `\nu ${user} `)
  }
)

t.test(
  'logrotate: the chain goes on over a rotation',
  { skip: without('logrotate') },
  async (t) => {
    const folder = t.testdir({})
    const file = join(folder, 'audit.jsonl')
    const key = 'pcl_the-key-for-the-rotation-with-32-characters'
    const env = { MCP_AUDIT_FILE: file, MCP_AUTH_TOKEN: key }
    const { running, url } = await serve(t, ['--http'], env)
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'none' } }
    const call = () => send(url, { headers, body })
    await call()
    const pid = join(folder, 'pid')
    writeFileSync(pid, String(running.child.pid))
    const config = join(folder, 'logrotate.conf')
    const shipped = readFileSync(deployed('logrotate/portcullis'), 'utf8')
    writeFileSync(
      config,
      shipped
        .replace('/var/log/portcullis', folder)
        .replace(/^ *su .*$/m, '')
        .replace(/systemctl is-active .*/, `kill -0 $(cat ${pid})`)
        .replace(/systemctl reload .*/, `kill -HUP $(cat ${pid})`)
    )
    chmodSync(config, 0o600)
    chmodSync(folder, 0o755)
    const rotate = () => check('logrotate', ['--force', '--state', join(folder, 'state'), config])
    const { status, text } = rotate()
    t.equal(status, 0, text)
    await until(() => existsSync(file), 'the new file')
    await call()
    const [old = ''] = readdirSync(folder).filter((name) => name.startsWith('audit.jsonl-'))
    running.child.kill('SIGTERM')
    await running.ended
    t.match(verify([join(folder, old), file]), { code: 0, text: /ok: \d+ lines/ })
    t.not(rotate().status, 0, 'nobody hands the chain over')
    t.ok(existsSync(file), 'nothing is moved')
  }
)

/** The rules of a chain, without comments, in order. */
function chainOf(text: string, name: string): readonly string[] {
  const [, body = ''] =
    new RegExp(`chain ${name} \\{([^{}]*(?:\\{[^{}]*\\}[^{}]*)*)\\}`).exec(text) ?? []
  return body
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

t.test(
  'HG-23: this machine and the proxies reach the port, everybody else is dropped',
  async (t) => {
    const rules = readFileSync(deployed('nftables/portcullis.nft'), 'utf8').replace(
      /^\s*#.*$/gm,
      ''
    )
    const { http } = parse(readFileSync(deployed('systemd/portcullis.yaml'), 'utf8'))
    t.match(rules, `\ndefine port = ${http.port ?? 8080}\n`)
    t.match(rules, /\ntable inet portcullis \{/, 'IPv4 and IPv6')
    const [hook, ...input] = chainOf(rules, 'input')
    t.match(hook, /^type filter hook input /)
    t.strictSame(input, ['tcp dport $port jump guests'])
    const guests = chainOf(rules, 'guests')
    t.strictSame(guests, [
      'iif "lo" accept',
      'ct state established,related accept',
      'ip saddr $proxies4 accept',
      'ip6 saddr $proxies6 accept',
      'counter drop'
    ])
    t.equal(chainOf(rules, 'errands').at(-1), 'counter reject', 'nor does the service go elsewhere')
  }
)

t.test('nft accepts the rules', { skip: without('nft', 'nftables') }, async (t) => {
  // The user exists where the unit does.
  const rules = readFileSync(deployed('nftables/portcullis.nft'), 'utf8').replace(
    '"portcullis"',
    '65532'
  )
  const file = join(t.testdir({ rules }), 'rules')
  const { status, text } = check('nft', ['--check', '--file', file])
  if (/Operation not permitted/.test(text)) return t.comment('not permitted to talk to the kernel')
  t.equal(status, 0, text)
})

t.test('shellcheck finds nothing in our scripts', { skip: without('shellcheck') }, async (t) => {
  const find = check('find', [
    root,
    '-name',
    'node_modules',
    '-prune',
    '-o',
    '-name',
    '*.sh',
    '-print'
  ])
  const scripts = [join(root, '.ci/run'), ...find.text.split('\n')].filter(existsSync)
  for (const script of scripts) {
    const { status, text } = check('shellcheck', ['--severity=style', script])
    t.equal(status, 0, text)
  }
})

t.test('npm run sbom lists what is installed with the package, from the lock file', async (t) => {
  const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'))
  const { version } = read('package.json')
  const locked = Object.entries<{ dev?: boolean; version: string }>(
    read('package-lock.json').packages
  )
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, one]) => `${path.replace(/^.*node_modules\//, '')}@${one.version}`)
  const { status, text } = check('npm', ['run', '--silent', 'sbom'], { cwd: root })
  t.equal(status, 0, text.slice(-2000))
  const bill = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1))
  t.equal(bill.bomFormat, 'CycloneDX')
  t.match(bill.metadata.component, {
    name: 'portcullis-mcp',
    type: 'application',
    version,
    purl: `pkg:npm/portcullis-mcp@${version}`
  })
  const refs = bill.components.map((one: Record<string, unknown>) => one['bom-ref'])
  t.strictSame(refs.toSorted(), [...new Set(locked)].sort())
  for (const { name, purl, hashes } of bill.components) t.ok(purl && hashes.length > 0, name)
  const named = new Set([...refs, bill.metadata.component['bom-ref']])
  for (const { ref, dependsOn } of bill.dependencies) {
    t.ok(
      [ref, ...dependsOn].every((one) => named.has(one)),
      `${ref}: what it names is listed`
    )
  }
})
