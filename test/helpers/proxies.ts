import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import type { Test } from 'tap'
import { findFreePort } from './free-port.ts'
import type { Sent } from './http.ts'
import { modernHeaders, modernRequest, toolCall } from './messages.ts'
import { type Checked, check, type Daemon, deployed, startDaemon } from './program.ts'
import { selfSigned } from './self-signed.ts'
import { until } from './until.ts'

/* nginx and Caddy with the files of `deploy/`, in front of instances on ports of 127.0.0.1. */

export const site = 'mcp.example.com'
/** Of every call that `callOf` makes. */
export const callKey = 'pcl_the-key-for-the-proxy-tests-with-32-characters'

export interface RunningProxy {
  readonly origin: string
  /** Without TLS. */
  readonly plainOrigin: string
  /** Connections that check the certificate of this proxy. */
  createAgent(): Agent
  close(): Promise<void>
}

export type StartProxy = (instances: readonly number[]) => Promise<RunningProxy>

interface Ports {
  readonly plain: number
  readonly tls: number
}

/** Starts nginx with the shipped files; `change` does what an operator may to the one of theirs. */
export const startNginx = async (
  instances: readonly number[],
  change: (text: string) => string = (text) => text
): Promise<RunningProxy> => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-nginx-'))
  const ports = { plain: await findFreePort(), tls: await findFreePort() }
  layNginx(folder, ports, instances)
  const operators = join(folder, 'portcullis.conf')
  writeFileSync(operators, change(readFileSync(operators, 'utf8')))
  const daemon = startDaemon('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder])
  const createAgent = () => new Agent({ ca: selfSigned.cert, servername: 'wrong.example' })
  return finish(folder, ports, daemon, createAgent)
}

/** What `nginx -t` says to the shipped files. */
export function checkNginx(): Checked {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-nginx-'))
  try {
    layNginx(folder, { plain: 8081, tls: 8443 }, [8080])
    return check('nginx', ['-t', '-c', join(folder, 'nginx.conf'), '-p', folder])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The shipped files beside a smallest main configuration; only ports and paths are replaced. */
function layNginx(folder: string, ports: Ports, instances: readonly number[]): void {
  cpSync(deployed('nginx'), folder, { recursive: true })
  replaceIn(join(folder, 'portcullis.conf'), [
    [/^ *listen \[::].*\n/gm, ''],
    [/listen 80;/, `listen 127.0.0.1:${ports.plain};`],
    [/listen 443 /, `listen 127.0.0.1:${ports.tls} `],
    [/\/etc\/ssl\/portcullis\//g, `${folder}/`],
    [
      /^ *server 127\.0\.0\.1:8080( .*)\n/m,
      instances.map((port) => `server 127.0.0.1:${port}$1\n`).join('')
    ]
  ])
  replaceIn(join(folder, 'portcullis/server.conf'), [[/\/var\/log\/nginx\//, `${folder}/`]])
  writeFileSync(join(folder, 'fullchain.pem'), selfSigned.cert)
  writeFileSync(join(folder, 'privkey.pem'), selfSigned.key)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`
  )
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${process.geteuid?.() === 0 ? 'user root;' : ''}
    daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
    events { worker_connections 1024; }
    http { ${temporary.join(' ')} access_log off; include portcullis.conf; }\n`
  )
}

/** Every replacement must find something: it would test another file than the shipped one. */
function replaceIn(file: string, replacements: readonly (readonly [RegExp, string])[]): void {
  let text = readFileSync(file, 'utf8')
  for (const [pattern, replacement] of replacements) {
    const next = text.replace(pattern, replacement)
    if (next === text) throw new Error(`${file}: nothing matches ${pattern}`)
    text = next
  }
  writeFileSync(file, text)
}

/** Starts Caddy with the shipped file, which it imports unchanged; its own authority signs. */
export const startCaddy: StartProxy = async (instances) => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-caddy-'))
  const ports = { plain: await findFreePort(), tls: await findFreePort() }
  const config = join(folder, 'Caddyfile')
  writeFileSync(
    config,
    `{
      admin off
      local_certs
      skip_install_trust
      default_bind 127.0.0.1
      http_port ${ports.plain}
      https_port ${ports.tls}
      storage file_system ${folder}
      servers {
        protocols h1 h2
      }
    }
    import ${deployed('caddy/Caddyfile')}\n`
  )
  const daemon = startDaemon('caddy', ['run', '--adapter', 'caddyfile', '--config', config], {
    PATH: process.env.PATH,
    HOME: folder,
    PORTCULLIS_SITE: site,
    PORTCULLIS_INSTANCES: instances.map((port) => `127.0.0.1:${port}`).join(' ')
  })
  const authority = join(folder, 'pki/authorities/local/root.crt')
  return finish(
    folder,
    ports,
    daemon,
    () => new Agent({ ca: readFileSync(authority), servername: site })
  )
}

async function finish(
  folder: string,
  ports: Ports,
  daemon: Daemon,
  createAgent: () => Agent
): Promise<RunningProxy> {
  const gone = daemon.gone.then(() => {
    throw new Error('the proxy ended before it listened')
  })
  await Promise.race([until(() => isOpen(ports.tls), 'the proxy listens'), gone])
  return {
    createAgent,
    origin: `https://127.0.0.1:${ports.tls}`,
    plainOrigin: `http://127.0.0.1:${ports.plain}`,
    async close() {
      await daemon.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** Caddy has its certificate a moment after its port. */
function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { port, host: '127.0.0.1', servername: site, rejectUnauthorized: false }
    const socket = connect(options, () => socket.end(() => resolve(true)))
    socket.once('error', () => resolve(false))
  })
}

/** Connections of one test. */
export function agentOf(t: Test, proxy: RunningProxy) {
  const agent = proxy.createAgent()
  t.teardown(() => agent.destroy())
  return agent
}

/** A call as a 2026-07-28 client sends it. */
export function callOf(tool: string, args: Readonly<Record<string, unknown>>, host = site): Sent {
  const params = { ...toolCall(tool, args), _meta: { progressToken: 'p' } }
  const body = modernRequest('tools/call', params)
  const headers = { ...modernHeaders(body), host, authorization: `Bearer ${callKey}` }
  return { headers, body }
}
