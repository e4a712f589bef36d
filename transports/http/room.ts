import { Refusal } from '../../src/errors.ts'

/** Places for what clients keep open: so many in all, and no more than a share for one caller. */
export interface Room {
  /** Takes a place; returns the way to give it back, once, or undefined when there is none. */
  take(owner: string): (() => void) | undefined
  /** `take` for a session: throws a Refusal when there is no place. */
  enter(owner: string): () => void
  readonly size: number
}

export function createRoom(max: number): Room {
  const places = new Map<string, number>()
  const share = ownerShare(max)
  let size = 0

  function leave(owner: string): void {
    size--
    const left = (places.get(owner) ?? 1) - 1
    if (left === 0) places.delete(owner)
    else places.set(owner, left)
  }

  function take(owner: string): (() => void) | undefined {
    const own = places.get(owner) ?? 0
    if (size >= max || own >= share) return undefined
    places.set(owner, own + 1)
    size++
    let isIn = true
    return () => {
      if (isIn) leave(owner)
      isIn = false
    }
  }

  return Object.freeze({
    take,
    enter(owner: string) {
      const given = take(owner)
      if (!given) throw new Refusal('sessions_full', { data: { retryAfterMs: 10_000 } })
      return given
    },
    get size() {
      return size
    }
  })
}

/** No caller may take all the room, however little there is. */
function ownerShare(max: number): number {
  return Math.min(max, Math.max(10, Math.ceil(max / 4)))
}
