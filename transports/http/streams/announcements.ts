import type { JSONRPCMessage } from '@modelcontextprotocol/server'
import type { FastifyReply } from 'fastify'
import { Refusal } from '../../../src/errors.ts'
import { formatEventId, parseEventId } from './event-store.ts'
import { type Outlet, openOutlet } from './event-stream.ts'

/** What a session tells its client unasked: the events on the stream that a GET opens. */
export interface Announcements {
  /** Sends a message, and keeps it for a client that comes back. */
  send(message: JSONRPCMessage): void
  /**
   * Answers with the stream, and what was announced after the event `afterId`. Whoever names one
   * says that the stream before is broken, and takes its place; otherwise a second one is refused.
   */
  open(reply: FastifyReply, afterId?: number): void
  close(): void
}

/** The name of this stream in event ids; those of calls are UUIDs. */
const announcementsId = 'announcements'

/** True when a client that comes back names an event of an answer: it wants the rest of that. */
export function resumesAnswer(lastEventId: string | undefined): boolean {
  return lastEventId !== undefined && parseEventId(lastEventId)?.streamId !== announcementsId
}

const maxKept = 200
const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no'
}
const heartbeat = Buffer.from(': keepalive\n\n')

export function createAnnouncements(heartbeatMs: number): Announcements {
  // By text: of two equal announcements a client that comes back needs the later one only.
  const kept = new Map<string, number>()
  let lastId = 0
  let current: Outlet | undefined

  function keep(text: string): number {
    kept.delete(text)
    kept.set(text, ++lastId)
    const [oldest] = kept.keys()
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
    return lastId
  }

  return {
    send(message) {
      const text = JSON.stringify(message)
      const id = keep(text)
      current?.write(frame(id, text))
    },
    open(reply, afterId) {
      if (current && afterId === undefined) throw new Refusal('stream_open')
      current?.end()
      reply.headers(eventStreamHeaders)
      const outlet = openOutlet(reply, () => {
        clearInterval(timer)
        if (current === outlet) current = undefined
      })
      const timer = setInterval(() => outlet.write(heartbeat), heartbeatMs).unref()
      current = outlet
      for (const [text, id] of afterId === undefined ? [] : kept) {
        if (id > (afterId ?? 0)) outlet.write(frame(id, text))
      }
    },
    close: () => current?.end()
  }
}

function frame(id: number, text: string): Uint8Array {
  return Buffer.from(`event: message\nid: ${formatEventId(id, announcementsId)}\ndata: ${text}\n\n`)
}
