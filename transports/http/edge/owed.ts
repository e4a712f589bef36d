import type { FastifyInstance } from 'fastify'
import { pathOf } from '../lanes/web.ts'
import { resumesAnswer } from '../streams/announcements.ts'
import { isLastingStream } from '../streams/lasting-stream.ts'
import { onceGone } from './gone.ts'

/** The answers that clients wait for. */
export interface Owed {
  /** Resolves when all are given, or after `maxMs`. */
  settle(maxMs: number): Promise<void>
}

/**
 * Counts requests from when they are let in: before their key is judged, which may take a while,
 * and their body is read. An open event stream of the endpoint carries no answer, and is waited for
 * by nobody. Those of 2024-11-05 clients carry all of theirs: their sessions end them, and they are
 * owed until they were read.
 */
export function trackOwed(app: FastifyInstance, mcpPath: string): Owed {
  const owed = new Set<string>()
  let onEmpty: () => void = () => {}

  function forget(id: string): void {
    if (owed.delete(id) && owed.size === 0) onEmpty()
  }

  app.addHook('onRequest', (request, reply, done) => {
    owed.add(request.id)
    onceGone(request, reply, () => forget(request.id))
    done()
  })
  app.addHook('preHandler', (request, _reply, done) => {
    const lastEventId = request.headers['last-event-id']?.toString()
    // A GET of the façade runs a tool, and one that resumes an answer ends with that.
    if (pathOf(request) === mcpPath && isLastingStream(request) && !resumesAnswer(lastEventId)) {
      forget(request.id)
    }
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
