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
  const timer = setInterval(async () => {
    if (!(await request.server.isStillGood(request))) request.raw.socket.destroy()
  }, checkEveryMs)
  timer.unref()
  onceGone(request, reply, () => clearInterval(timer))
}
