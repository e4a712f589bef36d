import type { FastifyInstance } from 'fastify'
import { onceGone } from './gone.ts'
import { isLastingStream } from './lasting-stream.ts'
import { pathOf } from './web.ts'

/** The answers that clients wait for. */
export interface Owed {
  /** Resolves when all are given, or after `maxMs`. */
  settle(maxMs: number): Promise<void>
}

/**
 * Counts requests from when they are let in, before their body is read; an open event stream
 * without a call in it waits for nothing.
 */
export function trackOwed(app: FastifyInstance, streamPaths: readonly string[]): Owed {
  const owed = new Set<string>()
  let onEmpty: () => void = () => {}

  function forget(id: string): void {
    if (owed.delete(id) && owed.size === 0) onEmpty()
  }

  app.addHook('preParsing', (request, reply, _payload, done) => {
    owed.add(request.id)
    onceGone(request, reply, () => forget(request.id))
    done()
  })
  app.addHook('preHandler', (request, _reply, done) => {
    // A GET of the façade runs a tool.
    if (streamPaths.includes(pathOf(request)) && isLastingStream(request)) forget(request.id)
    done()
  })
  return {
    async settle(maxMs) {
      if (owed.size === 0) return
      await new Promise<void>((resolve) => {
        onEmpty = resolve
        setTimeout(resolve, maxMs).unref()
      })
    }
  }
}
