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
  const { gone } = request
  // While a credential is judged or a tool runs, nobody looks whether the client is still there.
  if (typeof gone === 'boolean') setImmediate(done, gone)
  // One pair of listeners serves everybody who asks about the same request.
  else if (gone) gone.push(done)
  else listen(request, reply, done)
}

function listen(request: FastifyRequest, reply: FastifyReply, first: Gone): void {
  const { socket } = request.raw
  const callbacks = [first]
  request.gone = callbacks
  const end = (): void => {
    socket.off('close', end)
    reply.raw.off('close', end)
    // An answer that is cut off after its end counts as finished to Node; its socket has failed.
    const isComplete = reply.raw.writableFinished && !socket.errored
    request.gone = isComplete
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
    /** Who wants to know that this request is over; from then on, whether its answer was complete. */
    gone?: Gone[] | boolean
  }
  interface FastifyInstance {
    /** Stops of everything that still runs; the end of the shutdown's patience calls them. */
    stopping: Set<() => void>
  }
}
