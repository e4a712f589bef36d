import { setTimeout as delay } from 'node:timers/promises'
import { createPace } from './pace.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** A server sent more than a client is willing to hold. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge'
}

/**
 * The response with a body that errors past `maxBytes`: of the whole, or, where `mayStream`, of one
 * event of an event stream, which has no end. Read as one text a stream is cut, and gives none.
 */
export function capResponse(response: Response, maxBytes: number, mayStream: boolean): Response {
  const { body, status, statusText, headers } = response
  if (!body) return response
  const type = headers.get('content-type') ?? ''
  const isStream = mayStream && status === 200 && /^\s*text\/event-stream\s*(?:;|$)/i.test(type)
  const pace = createPace()
  let events = 0
  const measure = isStream ? createEventMeter(() => events++) : createMeter()
  const capped = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      async transform(chunk, controller) {
        if (measure(chunk) > maxBytes) {
          return controller.error(new AnswerTooLarge('answer too large'))
        }
        controller.enqueue(chunk)
        const waitMs = pace(events)
        events = 0
        if (waitMs > 0) await delay(waitMs, undefined, { ref: false })
      }
    })
  )
  const whole = new Response(capped, { status, statusText, headers })
  if (!isStream) return whole
  const cut = async (): Promise<string> => {
    await whole.body?.cancel()
    return ''
  }
  return Object.assign(whole, { text: cut })
}

/** Bytes so far. */
type Meter = (chunk: Uint8Array) => number

function createMeter(): Meter {
  let size = 0
  return (chunk) => {
    size += chunk.length
    return size
  }
}

/** Bytes since the last empty line; CR LF ends one line, not two. */
function createEventMeter(onEvent: () => void): Meter {
  let size = 0
  let isLineEmpty = true
  let former = 0
  return (chunk) => {
    let largest = 0
    for (const byte of chunk) {
      size++
      if (byte === lineFeed || byte === carriageReturn) {
        const isSecondHalf = byte === lineFeed && former === carriageReturn
        if (isLineEmpty && !isSecondHalf) {
          size = 0
          onEvent()
        }
        isLineEmpty = true
      } else {
        isLineEmpty = false
      }
      former = byte
      if (size > largest) largest = size
    }
    return largest
  }
}
