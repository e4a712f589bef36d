import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** What a client may leave unread before it is cut off; the kernel holds some more. */
const maxUnreadBytes = 1_048_576

/**
 * An event stream for Fastify to send. It is read as fast as it comes, since what is behind it does
 * not wait for slow readers; one that leaves 1 MiB unread loses its connection.
 */
export function boundUnread(body: ReadableStream<Uint8Array>, { raw }: FastifyReply): Readable {
  const reader = body.getReader()
  const stream = new Readable({
    read() {},
    destroy(error, done) {
      reader.cancel(error).then(() => done(error), done)
    }
  })
  const pump = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      stream.push(value)
      if (stream.readableLength + raw.writableLength <= maxUnreadBytes) continue
      raw.destroy()
      stream.destroy()
      return
    }
    stream.push(null)
  }
  pump().catch((error: Error) => stream.destroy(error))
  return stream
}
