import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { handWrittenBodies } from './bodies.ts'
import { noncesOf, pickSeed, seeds } from './messages.ts'
import { mutate } from './mutate.ts'
import { createRandom, type Random } from './random.ts'
import { createRawRequest } from './requests.ts'
import type { Target } from './server.ts'

/** What a phase saw. Everything in `faults` is a finding. */
export interface Report {
  readonly phase: string
  readonly sent: number
  readonly answers: ReadonlyMap<string, number>
  readonly executed: number
  readonly faults: readonly string[]
  readonly stallMs: number
}

interface Seen {
  readonly answers: Map<string, number>
  readonly faults: string[]
  /** Nonces of messages that may run the tool, and how many there are of each. */
  readonly allowed: Map<string, number>
  /** Executions before the phase. */
  readonly before: number
}

function begin(target: Target): Seen {
  return { answers: new Map(), faults: [], allowed: new Map(), before: target.executed().length }
}

function allow({ allowed }: Seen, nonces: readonly string[]): void {
  for (const nonce of nonces) allowed.set(nonce, (allowed.get(nonce) ?? 0) + 1)
}

/** What no refusal may hold: a stack, a path, a library's name. */
const betrayals = /node_modules|\bat \S+ \(|\.js:\d+|fastify|zod|undici|SyntaxError|FST_/i
const statuses = new Set([200, 202, 204, 400, 401, 403, 404, 405, 406, 408, 413, 415, 431])
const turns = 20

function tellsTooMuch(text: string): boolean {
  return text.includes('"error"') && betrayals.test(text)
}

function note({ answers, faults }: Seen, status: number, text: string, what: string): void {
  answers.set(String(status), (answers.get(String(status)) ?? 0) + 1)
  if (!statuses.has(status)) faults.push(`status ${status} for ${what}: ${text.slice(0, 200)}`)
  else if (tellsTooMuch(text))
    faults.push(`${status} tells too much for ${what}: ${text.slice(0, 300)}`)
}

/** Runs `count` pieces of work, some at a time. */
async function spread(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const run = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index)
  }
  await Promise.all(Array.from({ length: turns }, run))
}

async function judge(
  target: Target,
  phase: string,
  sent: number,
  { answers, faults, allowed, before }: Seen
): Promise<Report> {
  const executed = target.executed().slice(before)
  const times = new Map<string, number>()
  for (const nonce of executed) times.set(nonce, (times.get(nonce) ?? 0) + 1)
  for (const [nonce, count] of times) {
    const may = allowed.get(nonce) ?? 0
    if (count > may) faults.push(`executed ${count} times, ${may} allowed: ${nonce}`)
  }
  const isAlive = target.child.exitCode === null && target.child.signalCode === null
  if (!isAlive) faults.push(`the server is gone: ${target.stderr.text.slice(-500)}`)
  const { stallMs } = isAlive ? await target.measure() : { stallMs: Number.NaN }
  return { phase, sent, answers, executed: executed.length, faults, stallMs }
}

/** Every body written by hand, and `count` mutants of good messages, over HTTP in both eras. */
export async function attackBodies(target: Target, count: number, seed: number): Promise<Report> {
  const seen = begin(target)
  const random = createRandom(seed)
  const agent = new Agent({ keepAlive: true, maxSockets: turns })
  const written = handWrittenBodies((nonce) => JSON.stringify(seeds[0]?.(nonce)))
  const bodyOf = (index: number): Buffer => {
    const body = written[index] ?? Buffer.from(mutate(pickSeed(`bodies-${index}`, random), random))
    allow(seen, noncesOf(body.toString()))
    return body
  }
  await spread(written.length + count, async (index) => {
    const body = bodyOf(index)
    const headers = headersOf(target, body, random)
    await post(target.port, agent, headers, body).then(
      ({ status, text }) => note(seen, status, text, body.toString().slice(0, 200)),
      (error: Error) =>
        seen.faults.push(`no answer (${error.message}) to ${body.toString().slice(0, 200)}`)
    )
  })
  agent.destroy()
  return judge(target, 'bodies', written.length + count, seen)
}

function headersOf({ key }: Target, body: Buffer, random: Random): Record<string, string> {
  const common = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'content-length': String(body.length)
  }
  const method = /"method":"([\w/]{1,40})"/.exec(body.toString('latin1').slice(0, 500))?.[1]
  const era = random.below(3)
  if (era === 0) return common
  if (era === 1) return { ...common, 'mcp-protocol-version': '2025-11-25' }
  return {
    ...common,
    'mcp-protocol-version': '2026-07-28',
    ...(method !== undefined && { 'mcp-method': method }),
    'mcp-name': 'canary'
  }
}

function post(
  port: number,
  agent: Agent,
  headers: Record<string, string>,
  body: Buffer
): Promise<{ status: number; text: string }> {
  const options = { agent, port, host: '127.0.0.1', path: '/mcp', method: 'POST', headers }
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
      .setTimeout(20_000, function (this: { destroy(error: Error): void }) {
        this.destroy(new Error('hangs'))
      })
      .on('error', reject)
      .end(body)
  })
}

/** Raw requests whose headers are attacked; those left whole must run their tool. */
export async function attackHeaders(target: Target, count: number, seed: number): Promise<Report> {
  const seen = begin(target)
  const random = createRandom(seed)
  await spread(count, async (index) => {
    const draft = createRawRequest(target, random)
    // The nonce tells what was done to the request that carries it.
    const nonce = `${index} ${draft.attack}`
    if (draft.isAllowed) allow(seen, [nonce])
    const text = await exchange(target.port, draft.toBytes(JSON.stringify(seeds[1]?.(nonce))))
    if (text === undefined) seen.faults.push(`hangs: ${draft.attack}`)
    else if (text !== '') note(seen, Number(text.split(' ')[1]), bodyOf(text), draft.attack)
    if (draft.isAllowed && !text?.includes('noted'))
      seen.faults.push(`a good request failed: ${text}`)
  })
  return judge(target, 'headers', count, seen)
}

const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n'))

/** Everything that comes back after half-closing; undefined when the server keeps the socket. */
function exchange(port: number, bytes: Buffer): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1')
    const timer = setTimeout(() => {
      resolve(undefined)
      socket.destroy()
    }, 20_000)
    socket
      .on('data', (chunk) => {
        text += chunk
      })
      // A reset is a way of closing, too.
      .on('error', () => {})
      .on('close', () => {
        clearTimeout(timer)
        resolve(text)
      })
      .end(bytes)
  })
}

/** Mutated lines on stdio; the last one is good and must be answered. */
export async function attackLines(target: Target, count: number, seed: number): Promise<Report> {
  const seen = begin(target)
  const random = createRandom(seed)
  for (let index = 0; index < count; index++) {
    const nonce = `lines-${index}`
    const line = mutate(pickSeed(nonce, random), random)
    for (const part of line.split('\n')) allow(seen, noncesOf(part))
    const isTaken = target.child.stdin?.write(`${line}\n`)
    if (!isTaken) await new Promise((resolve) => target.child.stdin?.once('drain', resolve))
  }
  target.write('{"jsonrpc":"2.0","id":"the-last","method":"ping"}\n')
  await target.stdout
    .until(/"the-last"/)
    .catch((error: Error) => seen.faults.push(`not answered at the end: ${error.message}`))
  for (const line of target.stdout.text.trim().split('\n')) noteLine(seen, line)
  return judge(target, 'lines', count, seen)
}

function noteLine({ answers, faults }: Seen, line: string): void {
  try {
    const { error } = JSON.parse(line) as { error?: { code: number } }
    const kind = error ? String(error.code) : 'result'
    answers.set(kind, (answers.get(kind) ?? 0) + 1)
    if (error && betrayals.test(line)) faults.push(`tells too much: ${line.slice(0, 300)}`)
  } catch {
    faults.push(`stdout holds something else: ${line.slice(0, 200)}`)
  }
}
