import type { Readable } from 'node:stream'
import { createLineFraming } from './line-framing.ts'
import type { Frame, Wire } from './message-transport.ts'
import type { LineOutput } from './stdout.ts'

export interface LineStreams {
  readonly input: Readable
  readonly output: LineOutput
}

export interface LineEvents {
  onFrame(frame: Frame): void
  /** The client has closed its end. */
  onEnd(): void
  /** One of the pipes broke. */
  onError(error: Error): void
}

/** Above this much unread output, input waits. */
const highWaterBytes = 1_048_576

/** One message per line, on any pair of streams; survives a reader that stalls. */
export function createLineWire(
  { input, output }: LineStreams,
  maxLineBytes: number,
  { onFrame, onEnd, onError }: LineEvents
): Wire & { flush(): Promise<void> } {
  const framing = createLineFraming(maxLineBytes)
  let isPaused = false

  const write = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      output.write(text, (error) => {
        if (!error) return resolve()
        onError(error)
        reject(error)
      })
    })

  return {
    start() {
      output.on('error', onError)
      output.on('drain', () => !isPaused && input.resume())
      input.on('error', onError)
      input.on('data', (chunk: Buffer) => {
        for (const line of framing.push(chunk)) onFrame(line)
        if (output.writableLength > highWaterBytes) input.pause()
      })
      input.on('end', () => {
        for (const line of framing.end()) onFrame(line)
        onEnd()
      })
    },
    write: (text) => write(`${text}\n`),
    pause() {
      isPaused = true
      input.pause()
    },
    flush: () => write('')
  }
}
