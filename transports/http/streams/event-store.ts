import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server'

interface StoredEvent {
  readonly id: number
  readonly streamId: string
  readonly text: string
  readonly isAnswer: boolean
}

const maxEvents = 200
const maxBytes = 524_288

/**
 * The last events on the answers of one session, for resumption by `Last-Event-ID`. Bounded by
 * count and bytes: the oldest progress goes first, then the oldest answer, and a client that asks
 * for them begins at what is left. The last event is always kept.
 */
export function createEventStore(): EventStore {
  const events: StoredEvent[] = []
  let lastId = 0
  let bytes = 0

  function dropOne(): void {
    const index = events.findIndex(({ isAnswer }) => !isAnswer)
    // Never the event that was stored just now.
    const at = index === -1 || index === events.length - 1 ? 0 : index
    bytes -= events.splice(at, 1)[0]?.text.length ?? 0
  }

  return {
    async storeEvent(streamId, message) {
      const text = JSON.stringify(message)
      const isAnswer = 'result' in message || 'error' in message
      events.push({ id: ++lastId, streamId, text, isAnswer })
      bytes += text.length
      while (events.length > 1 && (events.length > maxEvents || bytes > maxBytes)) dropOne()
      return formatEventId(lastId, streamId)
    },
    async getStreamIdForEventId(eventId) {
      return parseEventId(eventId)?.streamId
    },
    async replayEventsAfter(lastEventId, { send }) {
      const last = parseEventId(lastEventId)
      if (!last) throw new Error('not an event id of ours')
      for (const { id, streamId, text } of events) {
        // A priming event is an empty object and carries nothing to replay.
        if (id <= last.id || streamId !== last.streamId || text === '{}') continue
        await send(formatEventId(id, streamId), JSON.parse(text) as JSONRPCMessage)
      }
      return last.streamId
    }
  }
}

/** An event id names its stream, so that it is of use even after the event itself is gone. */
export function formatEventId(id: number, streamId: string): string {
  return `${id}_${streamId}`
}

/** The parts of an event id; undefined when it is none of ours. */
export function parseEventId(text: string): { id: number; streamId: string } | undefined {
  const [, id, streamId] = /^(\d{1,15})_([\w-]{1,64})$/.exec(text) ?? []
  return streamId === undefined ? undefined : { id: Number(id), streamId }
}
