import type { Test } from 'tap'
import type { ApiCredential, ApiLimits } from '../../src/settings/api-settings.ts'
import type { CallContext, Log } from '../../src/types.ts'
import { type ClientOptions, createClient } from '../../tools/openapi/client/client.ts'
import type { Waiting } from '../../tools/openapi/client/retry.ts'
import type { ApiRequest } from '../../tools/openapi/request/request.ts'
import { type Fault, type FaultServer, startFaultServer } from './fault-server.ts'

export const limits: ApiLimits = Object.freeze({
  timeoutMs: 30_000,
  attempts: 3,
  backoffFactor: 0.5,
  maxSockets: 100,
  keepAliveSockets: 20
})

export type Line = readonly [message: string, fields?: unknown]

/** A log that keeps what it was told. */
export function createMemoryLog(lines: Line[] = []): Log {
  const add = (message: string, fields?: unknown): void => {
    lines.push([message, fields])
  }
  return { debug: add, info: add, warn: add, error: add }
}

export function createContext(more: Partial<CallContext> = {}): CallContext {
  return {
    principal: { id: 'test', kind: 'local' },
    transport: 'stdio',
    requestId: 'request-1',
    signal: new AbortController().signal,
    log: createMemoryLog(),
    progress() {},
    message() {},
    ...more
  }
}

/** Time that moves only when told, or when somebody sleeps. */
export function createTestTime() {
  let timeMs = 1_000_000
  const sleeps: number[] = []
  const waiting: Waiting = {
    now: () => timeMs,
    async sleep(waitMs, signal) {
      signal.throwIfAborted()
      sleeps.push(waitMs)
      timeMs += waitMs
    },
    random: () => 0.5
  }
  return {
    waiting,
    sleeps,
    advance(byMs: number) {
      timeMs += byMs
    }
  }
}

const none: ApiCredential = { mode: 'none' }

export function openClient(more: Partial<ClientOptions> = {}) {
  return createClient({
    name: 'test',
    credential: none,
    limits,
    log: createMemoryLog(),
    ...more
  })
}

export function request(
  origin: string,
  method = 'GET',
  more: Partial<ApiRequest> = {}
): ApiRequest {
  const isRead = method === 'GET' || method === 'HEAD'
  return {
    method,
    url: new URL(`${origin}/things`),
    headers: {},
    mayRetry: isRead,
    ...(isRead ? {} : { body: '{}' }),
    ...more
  }
}

/** The same without retries. */
export const once1: ApiLimits = Object.freeze({ ...limits, attempts: 1 })

/** A server with this fault and a client without retries; both end with the test. */
export async function start(t: Test, fault: Fault, more: Partial<ClientOptions> = {}) {
  const server: FaultServer = await startFaultServer(fault)
  const client = openClient({ limits: once1, ...more })
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const call = (method = 'GET', extra: Partial<ApiRequest> = {}) =>
    client.send(request(server.origin, method, extra), createContext())
  return { server, client, call }
}
