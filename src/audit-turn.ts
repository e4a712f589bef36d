/** What several calls wait for together. */
export interface Waiting {
  readonly promise: Promise<void>
  resolve(): void
  reject(error: Error): void
}

export function createWaiting(): Waiting {
  let resolve: Waiting['resolve'] = () => {}
  let reject: Waiting['reject'] = () => {}
  const promise = new Promise<void>((onWritten, onLost) => {
    resolve = onWritten
    reject = onLost
  })
  return { promise, resolve, reject }
}

/** The time in ISO 8601, to the millisecond; the seconds are formatted once. */
export function createTimestamp(): () => string {
  let second = Number.NaN
  let text = ''
  return () => {
    const ms = Date.now()
    const current = Math.floor(ms / 1000)
    if (current !== second) {
      second = current
      text = new Date(ms).toISOString().slice(0, 20)
    }
    return `${text}${String(ms % 1000).padStart(3, '0')}Z`
  }
}
