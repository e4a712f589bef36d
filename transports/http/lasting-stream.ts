import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRecord } from '../../src/json.ts'
import { onceGone } from './gone.ts'

const checkEveryMs = 1000

/** True for a request on the MCP path whose answer goes on until somebody ends it. */
export function isLastingStream({ method, body }: FastifyRequest): boolean {
  return method === 'GET' || (isRecord(body) && body.method === 'subscriptions/listen')
}

/** Cuts streams off when the credential that opened them counts no more. One timer for all. */
export function createCredentialWatch(): (request: FastifyRequest, reply: FastifyReply) => void {
  const watched = new Set<FastifyRequest>()
  let timer: NodeJS.Timeout | undefined

  async function check(request: FastifyRequest): Promise<void> {
    if (!(await request.server.isStillGood(request))) request.raw.socket.destroy()
  }

  return (request, reply) => {
    watched.add(request)
    timer ??= setInterval(() => {
      for (const each of watched) check(each).catch(() => {})
    }, checkEveryMs).unref()
    onceGone(request, reply, () => {
      watched.delete(request)
      if (watched.size > 0) return
      clearInterval(timer)
      timer = undefined
    })
  }
}
