const lineFeed = 0x0a
const carriageReturn = 0x0d

/** A server sent more than a client is willing to hold. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge'
}

/**
 * The response with a body that errors past `maxBytes`: of the whole, or, for an event stream,
 * which has no end, of one event.
 */
export function capResponse(response: Response, maxBytes: number): Response {
  const { body, status, statusText, headers } = response
  if (!body) return response
  const isStream = /^text\/event-stream\b/i.test(headers.get('content-type') ?? '')
  const measure = isStream ? createEventMeter() : createMeter()
  const capped = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (measure(chunk) > maxBytes) controller.error(new AnswerTooLarge('answer too large'))
        else controller.enqueue(chunk)
      }
    })
  )
  return new Response(capped, { status, statusText, headers })
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

/** Bytes since the last empty line. */
function createEventMeter(): Meter {
  let size = 0
  let isLineEmpty = true
  return (chunk) => {
    let largest = 0
    for (const byte of chunk) {
      size++
      if (byte === lineFeed || byte === carriageReturn) {
        if (isLineEmpty) size = 0
        isLineEmpty = true
      } else {
        isLineEmpty = false
      }
      if (size > largest) largest = size
    }
    return largest
  }
}
