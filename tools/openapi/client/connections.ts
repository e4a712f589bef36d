import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import got, { type Got } from 'got'
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent'
import type { ApiLimits } from '../../../src/api-settings.ts'
import { publicLookup } from '../document/address-guard.ts'
import { type Agents, exchangeDefaults } from './exchange.ts'

const connectTimeoutMs = 2_000

/** The sockets of one API, and the one instance of got that uses them. */
export interface Connections {
  readonly instance: Got
  /** Without kept connections. */
  readonly freshAgent: Agents
  close(): void
}

/** `mustBePublic`: connections go to public addresses only, checked at each DNS answer. */
export function openConnections(limits: ApiLimits, mustBePublic: boolean): Connections {
  const agent = createAgents(limits, mustBePublic, true)
  const freshAgent = createAgents(limits, mustBePublic, false)
  const instance = got.extend({
    ...exchangeDefaults,
    agent,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': 'portcullis-mcp'
    },
    timeout: { connect: connectTimeoutMs, request: limits.timeoutMs }
  })
  return Object.freeze({
    instance,
    freshAgent,
    close() {
      for (const each of [agent, freshAgent]) {
        each.http.destroy()
        each.https.destroy()
      }
    }
  })
}

function createAgents(limits: ApiLimits, mustBePublic: boolean, keepAlive: boolean): Agents {
  const { maxSockets, keepAliveSockets: maxFreeSockets } = limits
  const sockets = { keepAlive, maxSockets, maxFreeSockets }
  if (!mustBePublic) return { http: new HttpAgent(sockets), https: new HttpsAgent(sockets) }
  const guarded = { ...sockets, lookup: publicLookup }
  return {
    http: new RequestFilteringHttpAgent(guarded),
    https: new RequestFilteringHttpsAgent(guarded)
  }
}
