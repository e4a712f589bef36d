import type { FastifyInstance } from 'fastify'
import { onceGone } from './gone.ts'
import { isLastingStream } from './lasting-stream.ts'
import { pathOf } from './web.ts'

/** The answers that are owed. */
export interface InFlight {
  /** Resolves when there are none, or after `graceMs`. */
  settle(graceMs: number): Promise<void>
}

/** Counts answers that are owed; an event stream on one of `streamPaths` without a call is none. */
export function trackRequests(app: FastifyInstance, streamPaths: readonly string[]): InFlight {
  const owed = new Set<string>()
  let onEmpty: () => void = () => {}
  app.addHook('preHandler', (request, reply, done) => {
    // A GET of the façade runs a tool.
    if (streamPaths.includes(pathOf(request)) && isLastingStream(request)) return done()
    owed.add(request.id)
    onceGone(request, reply, () => {
      owed.delete(request.id)
      if (owed.size === 0) onEmpty()
    })
    done()
  })
  return {
    async settle(graceMs) {
      if (owed.size === 0) return
      await new Promise<void>((resolve) => {
        onEmpty = resolve
        setTimeout(resolve, graceMs).unref()
      })
    }
  }
}
