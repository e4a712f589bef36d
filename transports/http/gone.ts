import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Prepares an instance for `onceGone` and `untilGone`. */
export function addStopping(app: FastifyInstance): void {
  app.decorate('stopping', new Set<() => void>())
  app.decorateRequest('gone')
  // Each pipelined request listens to its socket.
  for (const event of ['connection', 'secureConnection']) {
    app.server.on(event, (socket) => socket.setMaxListeners(0))
  }
}

type Gone = (isComplete: boolean) => void

/**
 * Calls back once, when the answer is complete or its client has left. The socket counts, too: an
 * answer that waits behind another on one connection has no `close` of its own.
 */
export function onceGone(request: FastifyRequest, reply: FastifyReply, done: Gone): void {
  // One pair of listeners serves everybody who asks about the same request.
  if (request.gone) request.gone.push(done)
  else {
    request.gone = [done]
    listen(request, reply, request.gone)
  }
}

function listen({ raw }: FastifyRequest, reply: FastifyReply, callbacks: Gone[]): void {
  const { socket } = raw
  const end = (): void => {
    socket.off('close', end)
    reply.raw.off('close', end)
    // An answer that is cut off after its end counts as finished to Node; its socket has failed.
    const isComplete = reply.raw.writableFinished && !socket.errored
    for (const done of callbacks.splice(0)) done(isComplete)
  }
  socket.once('close', end)
  reply.raw.once('close', end)
  if (socket.destroyed) setImmediate(end)
}

/** Calls `stop` when the client leaves before its answer is complete, or the server shuts down. */
export function untilGone(request: FastifyRequest, reply: FastifyReply, stop: () => void): void {
  const { stopping } = request.server
  stopping.add(stop)
  onceGone(request, reply, (isComplete) => {
    stopping.delete(stop)
    if (!isComplete) stop()
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who wants to know that this request is over. */
    gone?: Gone[]
  }
  interface FastifyInstance {
    /** Stops of everything that still runs; the end of the shutdown's patience calls them. */
    stopping: Set<() => void>
  }
}
