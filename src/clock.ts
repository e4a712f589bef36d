export type Clock = () => number

/** Milliseconds that never jump with the wall clock. */
export const monotonicClock: Clock = () => performance.now()
