import type { Test } from 'tap'
import type { ApiCredential } from '../../src/settings/api-settings.ts'
import type { ReadSecret } from '../../src/settings/secret-reference.ts'
import {
  createContext,
  createMemoryLog,
  createTestTime,
  type Line,
  limits,
  openClient,
  request
} from './api-client.ts'
import { reply, startFaultServer } from './fault-server.ts'

export type Service = Partial<Extract<ApiCredential, { mode: 'service' }>>

export const service = (more: Service): ApiCredential => ({
  mode: 'service',
  scheme: 'bearer',
  ...more
})

/** A server that answers 200 and a client with this credential; both end with the test. */
export async function start(t: Test, credential: ApiCredential, readSecret?: ReadSecret) {
  const server = await startFaultServer(reply(200, '{}'))
  const time = createTestTime()
  const lines: Line[] = []
  const client = openClient({
    credential,
    limits: { ...limits, attempts: 1 },
    log: createMemoryLog(lines),
    waiting: time.waiting,
    ...(readSecret && { readSecret })
  })
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const call = (ctx = createContext(), extra = {}) =>
    client.send(request(server.origin, 'GET', extra), ctx)
  return { server, client, call, time, lines }
}
