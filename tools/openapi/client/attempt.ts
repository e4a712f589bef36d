import type { Got } from 'got'
import { requestFields } from '../../../src/call/run.ts'
import { ToolError } from '../../../src/define-tool.ts'
import type { Observation } from '../../../src/metrics.ts'
import type { ApiLimits } from '../../../src/settings/api-settings.ts'
import type { CallContext } from '../../../src/types.ts'
import { type Agents, type Answer, exchange, type Outgoing } from '../../outside/exchange.ts'
import { ExchangeFailure } from '../../outside/exchange-failure.ts'
import { isRead } from '../../outside/method.ts'
import type { Breaker, Verdict } from './breaker.ts'
import { explainFailure, explainLoss, isOutage } from './failure.ts'
import { parseRetryAfter, type RetryBudget, runWithRetries, type Waiting } from './retry.ts'

const maxBytes = 5 * 1024 * 1024

/** What the attempts of all calls to one API share. */
export interface Line {
  readonly api: string
  readonly limits: ApiLimits
  readonly waiting: Waiting
  readonly instance: Got
  /** Without kept connections. */
  readonly freshAgent: Agents
  readonly breaker: Breaker<Answer>
  readonly budget: RetryBudget
  observe?(observation: Observation): void
}

/** Sends a request, again where that is safe and promises more; throws a ToolError at the end. */
export async function sendWithRetries(
  line: Line,
  outgoing: Outgoing,
  mayRetry: boolean,
  ctx: CallContext
): Promise<Answer> {
  const { api, limits, budget, waiting, breaker } = line
  // By any attempt: the last one alone does not tell whether something was written.
  let wasSent = false
  const attempt = async (): Promise<Answer> => {
    try {
      const answer = await guard(line, outgoing, ctx)
      wasSent = true
      return answer
    } catch (error) {
      wasSent ||= error instanceof ExchangeFailure && error.progress.isSent
      throw error
    }
  }
  try {
    return await runWithRetries(attempt, {
      attempts: mayRetry ? limits.attempts : 1,
      backoffFactor: limits.backoffFactor,
      maxTotalMs: limits.timeoutMs,
      budget,
      waiting,
      signal: ctx.signal,
      judge: (outcome) => judgeRetry(outcome, breaker)
    })
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason
    const isWrite = !isRead(outgoing.method)
    if (error instanceof ToolError && isWrite && wasSent) throw explainLoss()
    if (!(error instanceof ExchangeFailure)) throw error
    const { kind, code } = error
    ctx.log.warn('API request failed', { api, kind, code, ...requestFields(ctx) })
    throw explainFailure(error, { isWrite, wasSent })
  }
}

/** How the breaker sees an answer. */
export function judgeAnswer({ status }: Answer): Verdict {
  return isOutageStatus(status) ? 'failing' : 'healthy'
}

/** How the breaker sees a thrown error: an answer that we refuse to take is one all the same. */
export function judgeError(error: unknown): Verdict {
  if (isOutage(error)) return 'failing'
  return error instanceof ExchangeFailure ? 'healthy' : 'silent'
}

/** A 429 is repeated only when it says when; every other 4xx would be answered the same again. */
function judgeRetry(
  outcome: { readonly value: Answer } | { readonly error: unknown },
  breaker: Breaker<Answer>
): { readonly retryAfterMs?: number } | undefined {
  if (breaker.state === 'open') return undefined
  if ('error' in outcome) return isOutage(outcome.error) ? {} : undefined
  const { status } = outcome.value
  const retryAfterMs = retryAfterOf(outcome.value)
  if (status === 429) return retryAfterMs === undefined ? undefined : { retryAfterMs }
  return isOutageStatus(status) ? { retryAfterMs } : undefined
}

/** One attempt through the breaker, observed. */
async function guard(line: Line, outgoing: Outgoing, ctx: CallContext): Promise<Answer> {
  const { breaker, budget, waiting } = line
  return breaker.run(async () => {
    const startedMs = waiting.now()
    let statusClass = 'error'
    try {
      const answer = await exchangeOnce(line, outgoing, ctx.signal)
      statusClass = `${Math.floor(answer.status / 100)}xx`
      if (!isOutageStatus(answer.status)) budget.deposit()
      return answer
    } catch (error) {
      // A caller who left says nothing about the API; its deadline does.
      if (ctx.signal.aborted && !isDeadline(ctx.signal.reason)) throw ctx.signal.reason
      throw error
    } finally {
      line.observe?.({ statusClass, durationMs: waiting.now() - startedMs })
    }
  }, ctx.signal)
}

/** A read that met a connection just closed by the server goes out again, on a new one. */
async function exchangeOnce(
  { instance, freshAgent }: Line,
  outgoing: Outgoing,
  signal: AbortSignal
): Promise<Answer> {
  try {
    return await exchange(instance, outgoing, { signal, maxBytes })
  } catch (error) {
    const isRace = error instanceof ExchangeFailure && error.progress.isRace
    if (!isRace || !isRead(outgoing.method) || signal.aborted) throw error
    return exchange(instance, outgoing, { signal, maxBytes, agent: freshAgent })
  }
}

function isDeadline(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError'
}

function isOutageStatus(status: number): boolean {
  return status === 502 || status === 503 || status === 504
}

export function retryAfterOf({ headers }: Answer): number | undefined {
  return parseRetryAfter(headers['retry-after'], Date.now())
}
