import type { WebSocket } from '@fastify/websocket'
import type { Frame } from '../../../src/line-framing.ts'
import type { Wire } from '../../message-transport.ts'

export interface SocketWireOptions {
  readonly heartbeatMs: number
  /** Asked before each message: 0, or how many milliseconds it comes too early. */
  readonly admit: () => number
  onFrame(frame: Frame): void
  onGone(): void
}

/** What a client may leave unread, beside the message that is being sent, before it is cut off. */
const maxUnreadBytes = 1_048_576

/** RFC 6455 §7.4.1 */
const closeCodes = { goingAway: 1001, unsupportedData: 1003 } as const

/** One message per text frame. Whoever floods is read more slowly; whoever does not read is cut off. */
export function createSocketWire(socket: WebSocket, options: SocketWireOptions): Wire {
  const { heartbeatMs, admit, onFrame, onGone } = options
  let waiting: Frame[] = []
  let next = 0
  let timer: NodeJS.Timeout | undefined
  let unsent = 0
  const onSent: (() => void)[] = []
  const stopHeartbeat = keepAlive(socket, heartbeatMs)

  function take(): void {
    timer = undefined
    // After our own closing nothing counts any more, although it still comes.
    while (next < waiting.length && socket.readyState === socket.OPEN) {
      const waitMs = admit()
      if (waitMs > 0) {
        // What has been read already waits here; the rest in the client's own buffers.
        socket.pause()
        timer = setTimeout(take, waitMs)
        return
      }
      const frame = waiting[next++]
      if (frame !== undefined) onFrame(frame)
    }
    waiting = []
    next = 0
    if (socket.isPaused) socket.resume()
  }

  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (socket.readyState !== socket.OPEN) return
    if (isBinary) return socket.close(closeCodes.unsupportedData, 'Send JSON-RPC in text frames.')
    waiting.push({ text: data.toString() })
    if (timer === undefined) take()
  })
  socket.once('close', () => {
    stopHeartbeat()
    clearTimeout(timer)
    waiting = []
    onGone()
  })

  return {
    async write(text) {
      if (socket.bufferedAmount > maxUnreadBytes) socket.terminate()
      if (socket.readyState !== socket.OPEN) throw new Error('the client does not read any more')
      unsent++
      socket.send(text, () => {
        if (--unsent === 0) for (const done of onSent.splice(0)) done()
      })
    },
    async flush() {
      if (unsent === 0) return
      await new Promise<void>((resolve) => {
        onSent.push(resolve)
      })
    },
    close: () => socket.close(closeCodes.goingAway)
  }
}

/** Pings, and cuts off a client that has not answered the last one. */
function keepAlive(socket: WebSocket, heartbeatMs: number): () => void {
  let isAlive = true
  socket.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    // Whoever is not read cannot be heard to answer.
    if (socket.isPaused) isAlive = true
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }, heartbeatMs)
  timer.unref()
  return () => clearInterval(timer)
}
