/** A stream of pseudo-random numbers. */
export interface Generator {
  /** Uniform on the open interval (0, 1): k / 2^53 with 0 < k < 2^53. */
  next(): number
  /** Uniform whole number from 0 to n - 1, without bias, for 1 <= n <= 2^53. */
  nextInt(n: number): number
}

/** How the numbers of `createGenerator` are made, for outputs. */
export const generatorName = 'xoshiro256** seeded by SplitMix64'

/** The largest seed: every whole number up to here is a double. */
export const maxSeed = Number.MAX_SAFE_INTEGER

const twoTo32 = 2 ** 32
const twoTo53 = 2 ** 53

/**
 * xoshiro256** 1.0 (Blackman and Vigna 2018) from the first four numbers of SplitMix64 at `seed`, a
 * whole number from 0 to `maxSeed`. One seed gives one sequence, on every machine.
 */
export function createGenerator(seed: number): Generator {
  const splitMix = createSplitMix64(BigInt(seed))
  const advance = createXoshiro256([splitMix(), splitMix(), splitMix(), splitMix()])
  function next53(): number {
    const words = advance()
    return (words.high >>> 0) * 2 ** 21 + (words.low >>> 11)
  }
  function next(): number {
    let bits = next53()
    while (bits === 0) bits = next53()
    return bits / twoTo53
  }
  function nextInt(n: number): number {
    const limit = twoTo53 - (twoTo53 % n)
    let bits = next53()
    while (bits >= limit) bits = next53()
    return bits % n
  }
  return { next, nextInt }
}

/** A seed for a call that brought none. */
export function randomSeed(): number {
  return Math.floor(Math.random() * twoTo53)
}

/** SplitMix64 (Steele, Lea and Flood 2014): 64-bit numbers from any seed. */
export function createSplitMix64(seed: bigint): () => bigint {
  let state = BigInt.asUintN(64, seed)
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n)
    let mixed = state
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n)
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn)
    return mixed ^ (mixed >> 31n)
  }
}

/** The two halves of a 64-bit number, as 32-bit integers of either sign. */
interface Words {
  readonly high: number
  readonly low: number
}

/** The bare generator, 64 bits a step; the words returned are overwritten by the next step. */
export function createXoshiro256(seed: readonly [bigint, bigint, bigint, bigint]): () => Words {
  // Halves of 32 bits: BigInt would take thirty times as long.
  const [h, l] = [new Int32Array(4), new Int32Array(4)]
  seed.forEach((word, index) => {
    h[index] = Number(BigInt.asIntN(32, word >> 32n))
    l[index] = Number(BigInt.asIntN(32, word))
  })
  let [h0, h1, h2, h3] = h as unknown as [number, number, number, number]
  let [l0, l1, l2, l3] = l as unknown as [number, number, number, number]
  const words = { high: 0, low: 0 }
  return () => {
    // rotl(s1 * 5, 7) * 9
    const low5 = Math.imul(l1, 5)
    const high5 = Math.imul(h1, 5) + carryOf(l1, 5)
    const high7 = (high5 << 7) | (low5 >>> 25)
    const low7 = (low5 << 7) | (high5 >>> 25)
    words.low = Math.imul(low7, 9)
    words.high = (Math.imul(high7, 9) + carryOf(low7, 9)) | 0
    const highShifted = (h1 << 17) | (l1 >>> 15)
    const lowShifted = l1 << 17
    h2 ^= h0
    l2 ^= l0
    h3 ^= h1
    l3 ^= l1
    h1 ^= h2
    l1 ^= l2
    h0 ^= h3
    l0 ^= l3
    h2 ^= highShifted
    l2 ^= lowShifted
    // rotl(s3, 45) swaps the halves and turns by 13.
    const high3 = (l3 << 13) | (h3 >>> 19)
    l3 = (h3 << 13) | (l3 >>> 19)
    h3 = high3
    return words
  }
}

/** What a small factor carries from the lower half into the upper one. */
function carryOf(low: number, factor: number): number {
  return Math.floor(((low >>> 0) * factor) / twoTo32)
}
