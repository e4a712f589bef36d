import { Refusal } from '../../../src/errors.ts'

/**
 * Places for what clients keep open: so many in all, and no more than a share for one caller, by
 * the `callerKey` of limits.
 */
export interface Room {
  /** Takes a place; returns the way to give it back, once, or undefined when there is none. */
  take(caller: string): (() => void) | undefined
  /** `take` for a session: throws a Refusal when there is no place. */
  enter(caller: string): () => void
  readonly size: number
}

export function createRoom(max: number): Room {
  const places = new Map<string, number>()
  const share = callerShare(max)
  let size = 0

  function leave(caller: string): void {
    size--
    const left = (places.get(caller) ?? 1) - 1
    if (left === 0) places.delete(caller)
    else places.set(caller, left)
  }

  function take(caller: string): (() => void) | undefined {
    const own = places.get(caller) ?? 0
    if (size >= max || own >= share) return undefined
    places.set(caller, own + 1)
    size++
    let isIn = true
    return () => {
      if (isIn) leave(caller)
      isIn = false
    }
  }

  return Object.freeze({
    take,
    enter(caller: string) {
      const given = take(caller)
      if (!given) throw new Refusal('sessions_full', { data: { retryAfterMs: 10_000 } })
      return given
    },
    get size() {
      return size
    }
  })
}

/** No caller may take all the room, however little there is. */
function callerShare(max: number): number {
  return Math.min(max, Math.max(10, Math.ceil(max / 4)))
}
