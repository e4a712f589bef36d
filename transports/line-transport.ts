import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { createLineFraming, type Frame } from '../src/line-framing.ts'
import type { Wire } from './message-transport.ts'
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

/** A pipe hands over hundreds of small lines at once; between so many, everybody else has a turn. */
const linesPerTurn = 16

/** One message per line, on any pair of streams; survives a reader that stalls. */
export function createLineWire(
  { input, output }: LineStreams,
  maxLineBytes: number,
  { onFrame, onEnd, onError }: LineEvents
): Wire & { flush(): Promise<void> } {
  const framing = createLineFraming(maxLineBytes)
  let isReading = true
  let isReceiving = false
  let received = Promise.resolve()

  function resume(): void {
    const isBusy = isReceiving || output.writableLength > highWaterBytes
    if (isReading && !isBusy) input.resume()
  }

  async function receiveInTurns(lines: readonly Frame[]): Promise<void> {
    isReceiving = true
    for (const [index, line] of lines.entries()) {
      onFrame(line)
      if ((index + 1) % linesPerTurn === 0) await setImmediate()
    }
    isReceiving = false
    resume()
  }

  const writeOut = (text: string): Promise<void> =>
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
      output.on('drain', resume)
      input.on('error', onError)
      input.on('data', (chunk: Buffer) => {
        input.pause()
        received = receiveInTurns(framing.push(chunk))
      })
      input.on('end', () => {
        for (const line of framing.end()) onFrame(line)
        onEnd()
      })
    },
    async write(text) {
      // A pipe that breaks is told of by `onError`.
      writeOut(`${text}\n`).catch(() => {})
    },
    pause() {
      isReading = false
      input.pause()
      return received
    },
    flush: () => writeOut('')
  }
}
