import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { readCommandLine } from '../../bin/command-line.ts'
import { runDoctor } from '../../bin/doctor/doctor.ts'
import type { Machine } from '../../bin/doctor/machine.ts'
import { recordTerminal } from './terminal.ts'

/** What a set-up is made of; everything is optional. */
export interface Setup {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Files of the folder by name, with text and mode. */
  readonly files?: Readonly<Record<string, readonly [text: string, mode?: number]>>
  readonly machine?: Partial<Machine>
}

/** Where a set-up lives, and what it may need there. */
export interface Place {
  readonly folder: string
  /** Starts a server on loopback; returns its port. */
  serve(server: Server): Promise<number>
}

/** By what is wrong with each. */
export type Setups = Readonly<Record<string, Setup | ((place: Place) => Setup | Promise<Setup>)>>

export interface Examined {
  readonly code: number
  readonly text: string
}

const goodMachine: Machine = {
  node: '24.9.0',
  uid: 1000,
  maxDescriptors: 65_536,
  lowestPort: 1024,
  addresses: ['127.0.0.1', '::1', '192.0.2.10'],
  nowMs: Date.now()
}

/** Writes the files of a set-up. */
export function prepare({ files = {} }: Setup, folder: string): void {
  const all = { 'empty-store': [storeOf()] as const, ...files }
  for (const [name, [text, mode = 0o600]] of Object.entries<readonly [string, number?]>(all)) {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), mode)
  }
}

/** Examines a set-up that is prepared, within this process. */
export async function examine(
  { args = [], env = {}, machine }: Setup,
  folder: string
): Promise<Examined> {
  const surroundings = {
    env: { MCP_PORT: '0', MCP_KEYS_FILE: join(folder, 'empty-store'), ...env },
    machine: { ...goodMachine, ...machine }
  }
  const terminal = recordTerminal()
  const code = await runDoctor(readCommandLine(['doctor', ...args]), surroundings, terminal)
  return { code, text: terminal.said.out }
}

/** Names, modes, sizes and times of change of everything in a folder. */
export function takeStock(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { mode, size, mtimeMs, ctimeMs } = statSync(join(folder, name))
    return [name, mode, size, mtimeMs, ctimeMs].join()
  })
}

/** What is wrong, with paths, ports and free space of this machine taken out. */
export function normalise(text: string, folder: string): string {
  const lines = text.split('\n')
  const isWrong = (line: string): boolean =>
    /^(?:fail|warn)/.test(line) && !line.includes('audit.space')
  return lines
    .filter((line, index) => isWrong(line.startsWith(' ') ? (lines[index - 1] ?? '') : line))
    .map((line) => line.replace(/^(\w+)\s+(\S+)\s+/, '$1 $2: ').replace(/^ +/, '    '))
    .join('\n')
    .replaceAll(folder, 'DIR')
    .replace(/(127\.0\.0\.1:)\d{4,5}/g, '$1PORT')
    .replace(/(?<=http\.port: |:)\d{5}\b/g, 'PORT')
}

/** A server that answers every request alike. */
export function answering(
  status: number,
  body: unknown = {},
  headers: Readonly<Record<string, string>> = {}
): Server {
  return createHttpServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  })
}

/** A server that says one thing to whatever it hears. */
export function saying(text: string): Server {
  return createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => socket.write(text))
  })
}

/** A key store with a key of this age. */
export function storeOf(...keys: readonly { name: string; ageDays: number; expires?: string }[]) {
  const stored = keys.map(({ name, ageDays, expires }) => ({
    name,
    sha256: createHash('sha256').update(name).digest('hex'),
    created: new Date(Date.now() - ageDays * 86_400_000).toISOString(),
    ...(expires !== undefined && { expires })
  }))
  return `${JSON.stringify({ version: 1, keys: stored })}\n`
}

export function makeFolder(parent: string, name: string): string {
  const folder = join(parent, name)
  mkdirSync(folder)
  return folder
}
