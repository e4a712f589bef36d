import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server'

interface StoredEvent {
  readonly id: number
  readonly streamId: string
  readonly message: JSONRPCMessage
  readonly bytes: number
}

const maxEvents = 200
const maxBytes = 1_048_576

/**
 * The last events of one session, for resumption by `Last-Event-ID`. Bounded by count and bytes:
 * the oldest go first, and a client that asks for them begins at what is left.
 */
export function createEventStore(): EventStore {
  const events: StoredEvent[] = []
  let lastId = 0
  let bytes = 0

  function find(eventId: string): StoredEvent | undefined {
    return events.find(({ id }) => String(id) === eventId)
  }

  return {
    async storeEvent(streamId, message) {
      const event = { id: ++lastId, streamId, message, bytes: JSON.stringify(message).length }
      events.push(event)
      bytes += event.bytes
      while (events.length > 1 && (events.length > maxEvents || bytes > maxBytes)) {
        bytes -= events.shift()?.bytes ?? 0
      }
      return String(event.id)
    },
    async getStreamIdForEventId(eventId) {
      return find(eventId)?.streamId
    },
    async replayEventsAfter(eventId, { send }) {
      const from = find(eventId)
      if (!from) throw new Error('the event is no longer stored')
      for (const { id, streamId, message } of events) {
        // A priming event is an empty object and carries nothing to replay.
        const isMessage = Object.keys(message).length > 0
        if (id > from.id && streamId === from.streamId && isMessage) await send(String(id), message)
      }
      return from.streamId
    }
  }
}
