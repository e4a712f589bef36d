export type FailureKind =
  | 'unsendable'
  | 'unreachable'
  | 'certificate'
  | 'timeout'
  | 'broken'
  | 'encoding'
  | 'too_large'

/** How far an exchange had come when it failed. */
export interface Progress {
  /** The connection stood, so the server may have read the request. */
  readonly isSent: boolean
  /** A kept connection was closed under our hands before the first byte of an answer. */
  readonly isRace: boolean
  /** The status, when the answer had begun. */
  readonly status?: number
}

/** Why an exchange gave no complete answer. Holds no address, header or body: it may be logged. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure'
  readonly kind: FailureKind
  readonly code: string
  readonly progress: Progress

  constructor(kind: FailureKind, code: string, progress: Progress) {
    super(`${kind} (${code})`)
    this.kind = kind
    this.code = code
    this.progress = progress
  }
}
