/** A seeded source of choices, so that every finding can be had again. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** In 0 … n - 1. */
  below(n: number): number
  pick<T>(items: readonly T[]): T
}

/** Mulberry32: 32 bits of state, more than enough to tell attacks apart. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number): number => Math.floor(next() * n)
  return {
    next,
    below,
    pick<T>(items: readonly T[]): T {
      return items[below(items.length)] as T
    }
  }
}
