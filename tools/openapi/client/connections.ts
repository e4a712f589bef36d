import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import got, { type Got } from 'got'
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent'
import type { ApiLimits } from '../../../src/settings/api-settings.ts'
import { type Agents, exchangeDefaults } from '../../outside/exchange.ts'
import { publicLookup } from '../document/address-guard.ts'

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
  const guarded = { ...sockets, lookup: publicLookup }
  const agents = mustBePublic
    ? {
        http: new RequestFilteringHttpAgent(guarded),
        https: new RequestFilteringHttpsAgent(guarded)
      }
    : { http: new HttpAgent(sockets), https: new HttpsAgent(sockets) }
  if (keepAlive) {
    distrustSpareBytes(agents.http)
    distrustSpareBytes(agents.https)
  }
  return agents
}

/**
 * Bytes that nobody asked for would answer whoever uses the connection next. One that has just
 * given its answer rests until the event loop has read what has come, and is closed when more
 * comes, then or while it is idle.
 */
function distrustSpareBytes(agent: HttpAgent): void {
  const [free] = agent.listeners('free')
  const { keepSocketAlive, reuseSocket } = agent
  agent.removeAllListeners('free')
  agent.on('free', (socket: Socket, options: unknown) => {
    watch(socket)
    // The first comes before the sockets are read again, the second after.
    setImmediate(() =>
      setImmediate(() => {
        unwatch(socket)
        free?.call(agent, socket, options)
      })
    )
  })
  agent.keepSocketAlive = (socket) => {
    // Node's own answers with a boolean, whatever its type says.
    const isKept: unknown = keepSocketAlive.call(agent, socket as Socket)
    if (isKept) watch(socket as Socket)
    return isKept as never
  }
  agent.reuseSocket = (socket, request) => {
    unwatch(socket as Socket)
    reuseSocket.call(agent, socket, request)
  }
}

function watch(socket: Socket): void {
  socket.on('data', giveUp).on('error', giveUp)
}

function unwatch(socket: Socket): void {
  socket.off('data', giveUp).off('error', giveUp)
}

function giveUp(this: Socket): void {
  this.destroy()
}
