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
