import type { FastifyReply } from 'fastify'
import { onceGone } from '../edge/gone.ts'
import { cutUnread } from '../edge/unread.ts'

/**
 * What a client may leave unread before the next event cuts it off; the kernel holds some more.
 * One event alone may be larger: a result is as large as `limits.maxResultBytes` allows.
 */
const maxUnreadBytes = 524_288
const maxLooseChunks = 64

/** The sending end of an event stream. */
export interface Outlet {
  /** Sends, or keeps for a slow reader; one that is too slow loses its connection. */
  write(chunk: Uint8Array): void
  /** Ends the stream when all was read. */
  end(): void
}

/**
 * Opens the body of an answer as an event stream, with the status and headers that the reply has so
 * far; `onClose` is called once it is over or cut off. It writes to Node's own response: a stream
 * object for Fastify to pipe would cost an idle client 6 KB more.
 */
export function openOutlet(reply: FastifyReply, onClose: () => void): Outlet {
  const { raw } = reply.hijack()
  const backlog = createBacklog()
  let isOver = false
  let isEnding = false

  function flush(): void {
    while (!raw.writableNeedDrain && backlog.bytes > 0) raw.write(backlog.take())
    if (isEnding && backlog.bytes === 0) raw.end()
  }

  onceGone(reply.request, reply, () => {
    isOver = true
    onClose()
  })
  raw.on('drain', flush)
  // Whoever has left is told of by `close`.
  raw.on('error', () => {})
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value)
  }
  raw.flushHeaders()
  return {
    write(chunk) {
      if (isOver || isEnding || raw.destroyed) return
      if (backlog.bytes === 0 && !raw.writableNeedDrain) raw.write(chunk)
      else if (backlog.bytes + raw.writableLength <= maxUnreadBytes) backlog.add(chunk)
      else raw.destroy()
    },
    end() {
      if (isEnding || isOver) return
      isEnding = true
      // Nothing will be written any more that would tell how slow the client is.
      cutUnread(reply.request, reply, backlog.bytes + raw.writableLength)
      flush()
    }
  }
}

/**
 * Sends an event stream of the SDK's. It is read as fast as it comes, since what is behind it does
 * not wait for slow readers.
 */
export function sendEvents(reply: FastifyReply, body: ReadableStream<Uint8Array>): void {
  const reader = body.getReader()
  const outlet = openOutlet(reply, () => {
    reader.cancel().catch(() => {})
  })
  const pump = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return outlet.end()
      outlet.write(value)
    }
  }
  // A body that fails ends as if its server had gone.
  pump().catch(() => reply.raw.destroy())
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
