import type { Principal } from '../src/types.ts'
import { type Connection, openConnection } from './connection.ts'
import { createLineWire, type LineStreams } from './line-transport.ts'
import type { TakePlace } from './listening.ts'
import type { Mcp } from './mcp.ts'

export interface LineServerOptions extends LineStreams {
  readonly mcp: Mcp
  readonly principal: Principal
  readonly maxLineBytes: number
}

export interface LineServer {
  /** Resolves when the client has closed its end, with the error when a pipe broke. */
  readonly ended: Promise<Error | undefined>
  /** Answers what is in flight, for at most `graceMs`, and lets go of the pipes. */
  close(graceMs: number): Promise<void>
}

/** On one pair of pipes; each change is said once for each of them. */
const maxSubscriptions = 16

/** Serves one client, one message per line, on any pair of streams. */
export function serveLines(options: LineServerOptions): LineServer {
  const { mcp, principal, maxLineBytes } = options
  let onEnded: (error?: Error) => void = () => {}
  const ended = new Promise<Error | undefined>((resolve) => {
    onEnded = resolve
  })
  const wire = createLineWire(options, maxLineBytes, {
    onFrame: (frame) => connection.receive(frame),
    onEnd() {
      connection.endInput()
      onEnded()
    },
    onError(error) {
      connection.breakOff()
      onEnded(error)
    }
  })
  const connection: Connection = openConnection({
    mcp,
    caller: { principal, transport: 'stdio', canBeAsked: true },
    wire,
    maxBytes: maxLineBytes,
    takePlace: createPlaces(maxSubscriptions)
  })
  return { ended, close: connection.close }
}

function createPlaces(max: number): TakePlace {
  let taken = 0
  return () => {
    if (taken >= max) return undefined
    taken++
    return () => {
      taken--
    }
  }
}
