import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/**
 * What a client may leave unread before the next event cuts it off; the kernel holds some more.
 * One event alone may be larger: a result is as large as `limits.maxResultBytes` allows.
 */
const maxUnreadBytes = 524_288
const maxLooseChunks = 64

/** The sending end of an event stream. */
export interface Outlet {
  /** For Fastify to send. */
  readonly stream: Readable
  /** Sends, or keeps for a slow reader; one that is too slow loses its connection. */
  write(chunk: Uint8Array): void
  /** Ends the stream when all was read. */
  end(): void
}

/** Opens an event stream on an answer; `onClose` is called once it is over or cut off. */
export function createOutlet(
  raw: ServerResponse,
  onClose: (error: Error | null) => Promise<void> | void
): Outlet {
  const backlog = createBacklog()
  let isWanted = false
  let isEnding = false
  const stream = new Readable({
    read() {
      const chunk = backlog.take()
      if (chunk) stream.push(chunk)
      else if (isEnding) stream.push(null)
      else isWanted = true
    },
    destroy(error, done) {
      Promise.resolve(onClose(error)).then(() => done(error), done)
    }
  })
  return {
    stream,
    write(chunk) {
      if (stream.destroyed || isEnding) return
      if (isWanted) {
        isWanted = false
        stream.push(chunk)
      } else if (backlog.bytes + stream.readableLength + raw.writableLength <= maxUnreadBytes) {
        backlog.add(chunk)
      } else {
        raw.destroy()
        stream.destroy()
      }
    },
    end() {
      isEnding = true
      if (isWanted) stream.push(null)
    }
  }
}

/**
 * Sends an event stream of the SDK's. It is read as fast as it comes, since what is behind it does
 * not wait for slow readers.
 */
export function boundUnread(body: ReadableStream<Uint8Array>, { raw }: FastifyReply): Readable {
  const reader = body.getReader()
  const { stream, write, end } = createOutlet(raw, (error) => reader.cancel(error))
  const pump = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return end()
      write(value)
    }
  }
  pump().catch((error: Error) => stream.destroy(error))
  return stream
}

/** Chunks in order. Small ones are joined, since each alone would cost several times its bytes. */
function createBacklog() {
  const pages: Uint8Array[] = []
  let loose: Uint8Array[] = []
  let bytes = 0
  function join(): void {
    if (loose.length > 0) pages.push(Buffer.concat(loose))
    loose = []
  }
  return {
    get bytes() {
      return bytes
    },
    add(chunk: Uint8Array) {
      bytes += chunk.length
      loose.push(chunk)
      if (loose.length >= maxLooseChunks) join()
    },
    take(): Uint8Array | undefined {
      if (pages.length === 0) join()
      const page = pages.shift()
      bytes -= page?.length ?? 0
      return page
    }
  }
}
