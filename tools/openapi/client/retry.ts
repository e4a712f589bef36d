import { setTimeout as delay } from 'node:timers/promises'

const budgetTokens = 10
const tokensPerAnswer = 0.1
const tokensPerSecond = 0.1

/** What makes waiting testable. */
export interface Waiting {
  /** Monotonic milliseconds. */
  now(): number
  sleep(waitMs: number, signal: AbortSignal): Promise<void>
  /** From 0 to 1. */
  random(): number
}

export const realWaiting: Waiting = Object.freeze({
  now: () => performance.now(),
  sleep: async (waitMs: number, signal: AbortSignal) => {
    await delay(waitMs, undefined, { signal })
  },
  random: Math.random
})

/** One retry costs a token; healthy answers and time bring some back, so retries stay few. */
export interface RetryBudget {
  deposit(): void
  take(): boolean
}

/** Retries cannot multiply an outage: at most 10 at once, then 1 per 10 good answers or 10 s. */
export function createRetryBudget(now: () => number): RetryBudget {
  let tokens = budgetTokens
  let filledMs = now()
  const add = (amount: number): void => {
    const seconds = (now() - filledMs) / 1000
    filledMs = now()
    tokens = Math.min(budgetTokens, tokens + seconds * tokensPerSecond + amount)
  }
  return Object.freeze({
    deposit: () => add(tokensPerAnswer),
    take() {
      add(0)
      if (tokens < 1) return false
      tokens--
      return true
    }
  })
}

export interface RetryRules<Value> {
  readonly attempts: number
  readonly backoffFactor: number
  /** No wait is begun that would end later than this after the first attempt began. */
  readonly maxTotalMs: number
  readonly budget: RetryBudget
  readonly waiting: Waiting
  readonly signal: AbortSignal
  /** Whether another attempt may mend it, and how long the server asked to wait. */
  judge(
    outcome: { readonly value: Value } | { readonly error: unknown }
  ): { readonly retryAfterMs?: number } | undefined
}

/** Runs work until it succeeds or the rules end it; the last outcome is returned or thrown. */
export async function runWithRetries<Value>(
  work: () => Promise<Value>,
  rules: RetryRules<Value>
): Promise<Value> {
  const { waiting, signal } = rules
  const startedMs = waiting.now()
  for (let attempt = 1; ; attempt++) {
    const outcome = await settle(work)
    const verdict = attempt < rules.attempts ? rules.judge(outcome) : undefined
    const waitMs = Math.max(verdict?.retryAfterMs ?? 0, backoffMs(attempt, rules))
    const isInTime = waiting.now() - startedMs + waitMs < rules.maxTotalMs
    if (!verdict || !isInTime || !rules.budget.take()) {
      if ('error' in outcome) throw outcome.error
      return outcome.value
    }
    await waiting.sleep(waitMs, signal)
  }
}

async function settle<Value>(work: () => Promise<Value>) {
  try {
    return { value: await work() }
  } catch (error) {
    return { error }
  }
}

/** factor · 2^(n-1) seconds, a quarter more or less, so that clients do not come back in step. */
function backoffMs<Value>(attempt: number, { backoffFactor, waiting }: RetryRules<Value>): number {
  return backoffFactor * 2 ** (attempt - 1) * 1000 * (0.75 + waiting.random() / 2)
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3), else undefined. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  const value = text?.trim() ?? ''
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  // Date.parse also takes "-5" and "next week 7" for dates.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value))
    return undefined
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}
