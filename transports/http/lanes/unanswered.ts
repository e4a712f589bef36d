import type { FastifyReply, FastifyRequest } from 'fastify'
import { onceGone } from '../edge/gone.ts'

/** The answers that the SDK would leave out when it is closed. */
export interface Unanswered {
  /** Calls `abandon` at the end of the server, unless the answer is complete by then. */
  add(request: FastifyRequest, reply: FastifyReply, abandon: () => Promise<void>): void
  /** Tells everybody who still waits that nothing will come. */
  abandon(): Promise<void>
}

export function createUnanswered(): Unanswered {
  const abandons = new Set<() => Promise<void>>()
  return {
    add(request, reply, abandon) {
      abandons.add(abandon)
      onceGone(request, reply, () => abandons.delete(abandon))
    },
    async abandon() {
      await Promise.all([...abandons].map((abandon) => abandon()))
    }
  }
}
