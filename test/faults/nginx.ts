import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort } from '../helpers/free-port.ts'
import { until } from '../helpers/until.ts'

/** Why nothing can be run behind nginx here. */
export function withoutNginx(): string | undefined {
  const { status } = spawnSync('nginx', ['-v'])
  return status === 0 ? undefined : 'nginx is not installed: apt-get install nginx-light'
}

/** A real nginx in front of two instances. */
export interface Nginx {
  readonly port: number
  /** Takes an instance out, or none; resolves when the workers that knew better take nothing more. */
  takeOut(port?: number): Promise<void>
  stop(): Promise<void>
}

export async function startNginx(folder: string, ports: readonly number[]): Promise<Nginx> {
  const own = join(folder, 'nginx')
  mkdirSync(own)
  const file = join(own, 'nginx.conf')
  const port = await findFreePort()
  const write = (out?: number): void => writeFileSync(file, configure(own, port, ports, out))
  write()
  const child = spawn('nginx', ['-c', file, '-p', own], { stdio: 'ignore' })
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  await until(() => workersOf(child).length > 0, 'nginx has workers')
  return {
    port,
    async takeOut(out) {
      const before = new Set(workersOf(child))
      write(out)
      child.kill('SIGHUP')
      await until(() => workersOf(child).some((pid) => !before.has(pid)), 'new workers')
      await until(
        () => workersOf(child).every((pid) => !before.has(pid) || isLeaving(pid)),
        'old workers know'
      )
    },
    async stop() {
      process.off('exit', end)
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    }
  }
}

function configure(folder: string, port: number, ports: readonly number[], out?: number): string {
  const servers = ports.map(
    (each) => `server 127.0.0.1:${each} fail_timeout=1s${each === out ? ' down' : ''};`
  )
  return `
daemon off;
worker_processes 1;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 2048; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream product { ${servers.join(' ')} keepalive 100; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://product;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      # A POST that was sent is not sent again: it may have been a write.
      proxy_next_upstream error timeout;
    }
  }
}
`
}

function workersOf({ pid }: ChildProcess): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map(Number)
}

/** Its title says so when it only ends what it has. */
function isLeaving(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('shutting down')
  } catch {
    return true
  }
}
