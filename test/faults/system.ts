import { readFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startTarget, type Target, type TargetOptions } from '../campaign/server.ts'
import { type Answer, send } from '../helpers/http.ts'
import { modernRequest } from '../helpers/messages.ts'
import {
  auditedIn,
  createLedger,
  type Ending,
  type Ledger,
  noncesIn,
  type Tally
} from './ledger.ts'

type Args = Readonly<Record<string, unknown>>

export interface SystemOptions extends Omit<TargetOptions, 'args' | 'folder'> {
  /** Its files, kept by the row. */
  readonly folder: string
  /** A configuration file. */
  readonly settings?: Args
  /** An API at this origin, with `read` and `write`. */
  readonly api?: string
  /** Goes on with the calls of an earlier run. */
  readonly ledger?: Ledger
}

export interface Called {
  readonly ending: Ending
  readonly status: number
  readonly text: string
  readonly tookMs: number
  readonly requestId: string
}

/** The product, a client that keeps a ledger, and what can be found out afterwards. */
export interface System {
  readonly target: Target
  readonly ledger: Ledger
  readonly origin: string
  readonly agent: Agent
  call(tool: string, args?: Args, options?: CallOptions): Promise<Called>
  read(options?: CallOptions): Promise<Called>
  write(options?: CallOptions): Promise<Called>
  get(path: string): Promise<Answer>
  /** Nonces that the tools of `--module` noted. */
  noted(): readonly string[]
  join(executed?: readonly string[], files?: readonly string[]): Tally
  isAlive(): boolean
}

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly agent?: Agent | false
  /** Of another instance or of a proxy in front. */
  readonly port?: number
  readonly from?: string
  /** More for the request's `_meta`. */
  readonly meta?: Args
}

const modulePath = fileURLToPath(new URL('./fault-tools.js', import.meta.url))

const nonceParameter = { name: 'nonce', in: 'query', required: true, schema: { type: 'string' } }
const anyObject = { content: { 'application/json': { schema: { type: 'object' } } } }
const responses = { 200: { description: 'Done.', ...anyObject } }

const api = {
  openapi: '3.0.3',
  info: { title: 'Faulty', version: '1' },
  paths: {
    '/read': { get: { operationId: 'read', parameters: [nonceParameter], responses } },
    '/write': { post: { operationId: 'write', parameters: [nonceParameter], responses } }
  }
}

export async function startSystem(options: SystemOptions): Promise<System> {
  const { folder, settings, api: origin, env, ledger = createLedger(), ...more } = options
  const notes = join(folder, 'notes')
  writeFileSync(notes, '', { flag: 'a' })
  const args = ['--module', modulePath, '--allow-writes']
  if (origin !== undefined) {
    writeFileSync(join(folder, 'api.json'), JSON.stringify(api))
    args.push('--openapi', join(folder, 'api.json'), '--api-base-url', origin)
  }
  if (settings) {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(settings))
    args.push('--config', join(folder, 'config.json'))
  }
  const target = await startTarget('http', {
    ...more,
    folder,
    args,
    env: { FAULT_NOTES: notes, LOG_LEVEL: 'warn', ...env }
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 60 })

  async function call(tool: string, own: Args = {}, how: CallOptions = {}): Promise<Called> {
    const nonce = ledger.begin()
    const { port = target.port, meta, ...rest } = how
    const body = toRequest(nonce, tool, own, meta)
    const headers = {
      authorization: `Bearer ${target.key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': tool
    }
    const sentMs = performance.now()
    const answer = await send(`http://127.0.0.1:${port}/mcp`, {
      agent,
      ...rest,
      headers,
      body
    }).catch((error: Error) => ({
      status: 0,
      text: error.message,
      headers: {} as Answer['headers']
    }))
    const ending = judge(answer)
    ledger.end(nonce, ending)
    const { status, text } = answer
    const requestId = String(answer.headers['x-request-id'] ?? '')
    return { ending, status, text, tookMs: performance.now() - sentMs, requestId }
  }

  return {
    target,
    ledger,
    origin: `http://127.0.0.1:${target.port}`,
    agent,
    call,
    read: (how) => call('read', {}, how),
    write: (how) => call('write', {}, how),
    get: (path) =>
      send(`http://127.0.0.1:${target.port}${path}`, {
        method: 'GET',
        headers: { authorization: `Bearer ${target.key}` }
      }),
    noted: () => noncesIn(readFileSync(notes, 'utf8')),
    join: (executed = noncesIn(readFileSync(notes, 'utf8')), files = [target.auditFile]) =>
      ledger.join(executed, auditedIn(files)),
    isAlive: () => target.child.exitCode === null && target.child.signalCode === null
  }
}

/** A call as a client of 2026-07-28 sends it. */
export function toRequest(nonce: string, tool: string, args: object, meta: Args = {}): object {
  const params = { name: tool, arguments: { nonce, ...args } }
  return modernRequest('tools/call', params, nonce, meta)
}

/** Lost: no status came, or not all of what it announced. */
function judge({ status, text }: { status: number; text: string }): Ending {
  if (status === 0) return 'lost'
  if (status !== 200 || text.includes('"code":503')) return 'refused'
  return text.includes('"isError":true') || text.includes('"error":{') ? 'error' : 'ok'
}

/** Runs `count` pieces of work, `width` at a time. */
export async function spread(
  count: number,
  width: number,
  work: (index: number) => Promise<unknown>
): Promise<void> {
  let next = 0
  const run = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index)
  }
  await Promise.all(Array.from({ length: width }, run))
}

/** Begins `perSecond` pieces of work a second for `seconds`; resolves when all are done. */
export async function pace<T>(
  perSecond: number,
  seconds: number,
  work: () => Promise<T>
): Promise<readonly T[]> {
  const startedMs = performance.now()
  const all: Promise<T>[] = []
  for (let index = 0; index < perSecond * seconds; index++) {
    const dueMs = startedMs + (index * 1000) / perSecond
    if (performance.now() < dueMs) await wait(dueMs - performance.now())
    all.push(work())
  }
  return Promise.all(all)
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
