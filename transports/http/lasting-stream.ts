import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRecord } from '../../src/json.ts'
import { onceGone } from './gone.ts'

const checkEveryMs = 1000

/** True for a request on the MCP path whose answer goes on until somebody ends it. */
export function isLastingStream({ method, body }: FastifyRequest): boolean {
  return method === 'GET' || (isRecord(body) && body.method === 'subscriptions/listen')
}

/** Cuts a stream off when the credential that opened it counts no more. */
export function endWithCredential(request: FastifyRequest, reply: FastifyReply): void {
  const stop = watchCredential(request, () => request.raw.socket.destroy())
  onceGone(request, reply, stop)
}

/** Calls `end` when the credential of a request counts no more; the returned function stops that. */
export function watchCredential(request: FastifyRequest, end: () => void): () => void {
  const timer = setInterval(async () => {
    if (await request.server.isStillGood(request)) return
    clearInterval(timer)
    end()
  }, checkEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}
