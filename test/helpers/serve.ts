import { type Running, start } from './executable.ts'

export interface Served {
  readonly running: Running
  /** The MCP endpoint. */
  readonly url: string
  readonly origin: string
  readonly port: number
}

/** Runs the executable on a free port until the test is over; resolves when it listens. */
export async function serve(
  t: { teardown(end: () => unknown): void },
  args: readonly string[] = ['--http'],
  env: Readonly<Record<string, string>> = {}
): Promise<Served> {
  const running = start([...args, '--port', '0'], env)
  t.teardown(() => running.child.kill('SIGKILL'))
  const [, url = ''] = await running.stderr.until(/"url":"([^"]+)"/)
  const { origin, port } = new URL(url)
  return { running, url, origin, port: Number(port) }
}
