import type { Log } from '../../src/types.ts'

/** A log that nobody reads. */
export const silent: Log = Object.freeze({ debug() {}, info() {}, warn() {}, error() {} })
