const msPerDay = 86_400_000
const calendarDay = /^(\d{4}-\d{2}-\d{2})(?:T00:00(?::00(?:\.0{1,9})?)?Z)?$/

/**
 * Days since 1970-01-01 of a calendar day written YYYY-MM-DD (midnight UTC may follow);
 * undefined for any other text and for days that do not exist, such as 2023-02-30.
 */
export function parseUtcDay(text: string): number | undefined {
  const day = calendarDay.exec(text)?.[1]
  if (day === undefined) return undefined
  const ms = Date.parse(`${day}T00:00:00Z`)
  // The parser of the engine rolls 02-30 over to 03-02, so the day must survive the way back.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day) return undefined
  return ms / msPerDay
}

/** The calendar day YYYY-MM-DD of a number of days since 1970-01-01. */
export function formatUtcDay(day: number): string {
  return new Date(day * msPerDay).toISOString().slice(0, 10)
}
