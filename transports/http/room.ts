import type { Principal } from '../../src/types.ts'

/** Places for what clients keep open: so many in all, and no more than a share for one caller. */
export interface Room {
  /** Takes a place; returns the way to leave it, or undefined when there is none. */
  take(owner: string): (() => void) | undefined
}

export function createRoom(max: number): Room {
  const perOwner = new Map<string, number>()
  const share = ownerShare(max)
  let taken = 0

  function leave(owner: string): void {
    taken--
    const left = (perOwner.get(owner) ?? 0) - 1
    if (left > 0) perOwner.set(owner, left)
    else perOwner.delete(owner)
  }

  return Object.freeze({
    take(owner: string) {
      const own = perOwner.get(owner) ?? 0
      if (taken >= max || own >= share) return undefined
      taken++
      perOwner.set(owner, own + 1)
      let isTaken = true
      return () => {
        if (isTaken) leave(owner)
        isTaken = false
      }
    }
  })
}

/** Unnamed callers are told apart by address. */
export function ownerKey({ kind, id }: Principal, remote: string): string {
  return kind === 'anonymous' ? `${kind}:${remote}` : `${kind}:${id}`
}

/** No caller may take all the room, however little there is. */
function ownerShare(max: number): number {
  return Math.min(max, Math.max(10, Math.ceil(max / 4)))
}
