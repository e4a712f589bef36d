import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { onceGone } from './gone.ts'

const graceMs = 20_000
/** A client that takes less is not slow but gone, or means harm. */
const minBytesPerSecond = 32_768

/**
 * Cuts off clients that do not take their answer: its bytes would lie in memory for as long as they
 * please. Event streams have a bound of their own until they end.
 */
export function addUnreadLimit(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    if (typeof payload === 'string' || Buffer.isBuffer(payload)) {
      cutUnread(request, reply, payload.length)
    }
    done(null, payload)
  })
}

/**
 * Gives a client the time in which it must have read the last `bytes` of an answer. It begins when
 * they can be sent: answers on one connection come in the order of their requests.
 */
export function cutUnread(request: FastifyRequest, reply: FastifyReply, bytes: number): void {
  // In whole seconds: timers of one length are kept together.
  const seconds = Math.floor(bytes / minBytesPerSecond)
  const cut = (): unknown => request.raw.socket.destroy(new Error('the answer is not read'))
  let timer: NodeJS.Timeout | undefined
  const begin = (): void => {
    timer = setTimeout(cut, graceMs + seconds * 1000).unref()
  }
  if (reply.raw.socket) begin()
  else reply.raw.once('socket', begin)
  onceGone(request, reply, () => clearTimeout(timer))
}
