import { Refusal } from '../../src/errors.ts'
import type { Principal } from '../../src/types.ts'

/** How many sessions and connections may be open, in all and of each caller. */
export interface Room {
  /** Takes a place; the returned function gives it back, once. Throws a Refusal when there is none. */
  enter(owner: string): () => void
  readonly size: number
}

/** One room for every kind of session: whoever fills it by one carrier gets no more by another. */
export function createRoom(max: number): Room {
  const places = new Map<string, number>()
  const share = ownerShare(max)
  let size = 0

  return Object.freeze({
    enter(owner: string) {
      const own = places.get(owner) ?? 0
      if (size >= max || own >= share) {
        throw new Refusal('sessions_full', { data: { retryAfterMs: 10_000 } })
      }
      places.set(owner, own + 1)
      size++
      let isIn = true
      return () => {
        if (!isIn) return
        isIn = false
        size--
        const left = (places.get(owner) ?? 1) - 1
        if (left === 0) places.delete(owner)
        else places.set(owner, left)
      }
    },
    get size() {
      return size
    }
  })
}

/** Whose a session is; unnamed callers are told apart by address. */
export function ownerKey({ kind, id }: Principal, remote: string): string {
  return kind === 'anonymous' ? `${kind}:${remote}` : `${kind}:${id}`
}

/** No caller may take all the room, however few sessions there are. */
function ownerShare(max: number): number {
  return Math.min(max, Math.max(10, Math.ceil(max / 4)))
}
