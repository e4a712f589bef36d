import type { Schedule, Settings } from './data.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** What a plan does against the rules of the company. */
export interface Verdict {
  /** The plan is refused. */
  readonly errors: readonly string[]
  /** The plan is taken, and somebody should look at it. */
  readonly warnings: readonly string[]
}

interface Span {
  readonly startMs: number
  readonly endMs: number
}

/** Checks a plan against what else the same person works; voided schedules do not count. */
export function judgePlan(plan: Span, others: readonly Schedule[], settings: Settings): Verdict {
  const spans = others
    .filter(({ voidedAt }) => voidedAt === null)
    .map(({ startDate, endDate }) => ({
      startMs: Date.parse(startDate),
      endMs: Date.parse(endDate)
    }))
  const all = [...spans, plan]
  const errors = [
    !settings.allowOverlappingShifts &&
      spans.some((span) => span.startMs < plan.endMs && span.endMs > plan.startMs) &&
      'The person has another schedule at this time.',
    isTooClose(plan, spans, settings.minimumHoursBetweenShifts * hourMs) &&
      `There must be ${settings.minimumHoursBetweenShifts} hours of rest between two schedules.`,
    hoursIn(all, startOfDay(plan.startMs), dayMs) > settings.maximumDailyHours &&
      `More than ${settings.maximumDailyHours} hours on one day.`
  ]
  const weekMs = startOfWeek(plan.startMs, settings.firstDayOfWeek)
  const warnings = [
    hoursIn(all, weekMs, 7 * dayMs) > settings.maximumWeeklyHours &&
      `More than ${settings.maximumWeeklyHours} hours in one week.`,
    daysInRow(all, plan.startMs) > settings.maximumConsecutiveWorkDays &&
      `More than ${settings.maximumConsecutiveWorkDays} days of work in a row.`
  ]
  return { errors: errors.filter(isText), warnings: warnings.filter(isText) }
}

function isText(value: string | false): value is string {
  return value !== false
}

/** Rest is asked for between schedules, not between those that overlap. */
function isTooClose(plan: Span, spans: readonly Span[], restMs: number): boolean {
  return spans.some((span) => {
    const gapMs = span.startMs >= plan.endMs ? span.startMs - plan.endMs : plan.startMs - span.endMs
    return gapMs >= 0 && gapMs < restMs
  })
}

function hoursIn(spans: readonly Span[], fromMs: number, lengthMs: number): number {
  const toMs = fromMs + lengthMs
  return spans.reduce(
    (sum, { startMs, endMs }) =>
      sum + Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs)) / hourMs,
    0
  )
}

function daysInRow(spans: readonly Span[], aroundMs: number): number {
  const days = new Set(spans.map(({ startMs }) => startOfDay(startMs)))
  let first = startOfDay(aroundMs)
  while (days.has(first - dayMs)) first -= dayMs
  let count = 0
  while (days.has(first + count * dayMs)) count++
  return count
}

function startOfDay(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs
}

function startOfWeek(ms: number, firstDayOfWeek: number): number {
  const midnightMs = startOfDay(ms)
  return midnightMs - ((new Date(midnightMs).getUTCDay() - firstDayOfWeek + 7) % 7) * dayMs
}
