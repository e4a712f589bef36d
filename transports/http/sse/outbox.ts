const encoder = new TextEncoder()

/** What may wait for a client that is not there. */
const maxWaitingBytes = 1_048_576

/** The events of one session: on its stream while there is one, kept until there is one otherwise. */
export interface Outbox {
  /** False when more waits by now than is kept. */
  write(event: string): boolean
  /** A new stream, which begins with `first` and takes the place of an earlier one. */
  open(first: string, onGone: () => void): ReadableStream<Uint8Array>
  /** Ends the stream. */
  close(): void
}

interface Stream {
  send(event: string): void
  end(): void
}

/** Comments every `heartbeatMs` keep proxies from cutting a quiet stream. */
export function createOutbox(heartbeatMs: number): Outbox {
  let current: Stream | undefined
  let waiting: string[] = []
  let waitingBytes = 0

  function takeWaiting(): string {
    const events = waiting.join('')
    waiting = []
    waitingBytes = 0
    return events
  }

  function open(controller: ReadableStreamDefaultController<Uint8Array>, onGone: () => void) {
    const send = (event: string): void => controller.enqueue(encoder.encode(event))
    const timer = setInterval(send, heartbeatMs, ': heartbeat\n\n')
    timer.unref()
    const leave = (): void => {
      clearInterval(timer)
      if (current !== stream) return
      current = undefined
      onGone()
    }
    const stream: Stream = {
      send,
      end() {
        leave()
        controller.close()
      }
    }
    current = stream
    return { send, leave }
  }

  return {
    write(event) {
      if (current) {
        current.send(event)
        return true
      }
      waitingBytes += Buffer.byteLength(event)
      waiting.push(event)
      return waitingBytes <= maxWaitingBytes
    },
    open(first, onGone) {
      current?.end()
      let leave: () => void = () => {}
      return new ReadableStream<Uint8Array>({
        start(controller) {
          const stream = open(controller, onGone)
          leave = stream.leave
          stream.send(first + takeWaiting())
        },
        cancel: () => leave()
      })
    },
    close: () => current?.end()
  }
}
