import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRecord } from '../../../src/json.ts'
import { onceGone } from '../edge/gone.ts'

const checkEveryMs = 1000

/** True for a request on the MCP path whose answer goes on until somebody ends it. */
export function isLastingStream({ method, body }: FastifyRequest): boolean {
  return method === 'GET' || (isRecord(body) && body.method === 'subscriptions/listen')
}

/** Calls `end` when the credential of a request counts no more; returns what stops that. */
export type WatchCredential = (request: FastifyRequest, end: () => void) => () => void

/** One timer looks after all credentials that keep something open. */
export function createCredentialWatch(
  isStillGood: (request: FastifyRequest) => Promise<boolean>
): WatchCredential {
  const watched = new Map<FastifyRequest, () => void>()
  let timer: NodeJS.Timeout | undefined

  function forget(request: FastifyRequest): void {
    watched.delete(request)
    if (watched.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  async function check(request: FastifyRequest, end: () => void): Promise<void> {
    if (await isStillGood(request)) return
    forget(request)
    end()
  }

  return (request, end) => {
    watched.set(request, end)
    timer ??= setInterval(() => {
      for (const [each, endOf] of watched) check(each, endOf).catch(() => {})
    }, checkEveryMs).unref()
    return () => forget(request)
  }
}

/** Cuts a stream off when the credential that opened it counts no more. */
export function endWithCredential(request: FastifyRequest, reply: FastifyReply): void {
  const stop = request.server.watchCredential(request, () => request.raw.socket.destroy())
  onceGone(request, reply, stop)
}
