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

  return {
    async storeEvent(streamId, message) {
      const event = { id: ++lastId, streamId, message, bytes: JSON.stringify(message).length }
      events.push(event)
      bytes += event.bytes
      while (events.length > 1 && (events.length > maxEvents || bytes > maxBytes)) {
        bytes -= events.shift()?.bytes ?? 0
      }
      return `${event.id}_${streamId}`
    },
    async getStreamIdForEventId(eventId) {
      return parseEventId(eventId)?.streamId
    },
    async replayEventsAfter(lastEventId, { send }) {
      const last = parseEventId(lastEventId)
      if (!last) throw new Error('not an event id of ours')
      for (const { id, streamId, message } of events) {
        // A priming event is an empty object and carries nothing to replay.
        const isMessage = Object.keys(message).length > 0
        if (id > last.id && streamId === last.streamId && isMessage) {
          await send(`${id}_${streamId}`, message)
        }
      }
      return last.streamId
    }
  }
}

/** An event id names its stream, so that it is of use even after the event itself is gone. */
function parseEventId(text: string): { id: number; streamId: string } | undefined {
  const [, id, streamId] = /^(\d{1,15})_([\w-]{1,64})$/.exec(text) ?? []
  return streamId === undefined ? undefined : { id: Number(id), streamId }
}
