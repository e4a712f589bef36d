import { ToolError } from '../../../src/define-tool.ts'
import { maybeDone } from '../../../src/errors.ts'
import { ExchangeFailure, type FailureKind } from '../../outside/exchange-failure.ts'

/** The server or the way to it failed; the rest are answers that we refuse to take. */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof ExchangeFailure &&
    !['unsendable', 'encoding', 'too_large'].includes(error.kind)
  )
}

const readTexts: Readonly<Record<FailureKind, string>> = {
  unsendable:
    'These arguments cannot be sent over HTTP, so nothing was sent: look for unusual characters.',
  unreachable:
    'The API cannot be reached at the moment. Try again later; if it stays so, tell the operator.',
  certificate: 'The certificate of the API is not accepted: do not retry, tell the operator.',
  timeout:
    'The API did not answer in time. Ask for less (a filter, a smaller page), or try again later.',
  broken: 'The connection to the API broke before its answer was complete. Try again.',
  encoding: 'The API sent an answer in an encoding that is not accepted. Tell the operator.',
  too_large:
    'The answer of the API is larger than 5 MiB and was stopped. Ask for less: a filter or a smaller page.'
}

/** What the model is told of a failed exchange, and what to do next. */
export function explainFailure(
  { kind, progress }: ExchangeFailure,
  { isWrite, wasSent }: { readonly isWrite: boolean; readonly wasSent: boolean }
): ToolError {
  if (!isWrite || kind === 'unsendable') return new ToolError(readTexts[kind])
  if (!wasSent) {
    const what = kind === 'certificate' ? readTexts.certificate : 'The API cannot be reached now.'
    return new ToolError(`${what} Nothing was sent, so nothing was changed.`)
  }
  return explainLoss(progress.status)
}

/** A write that was sent, by this attempt or an earlier one, without an answer to rely on. */
export function explainLoss(status?: number): ToolError {
  const begun = status === undefined ? '' : ` It began to answer with ${status}.`
  return new ToolError(
    `Outcome unknown: the request was sent, but the answer of the API was lost.${begun} It ${maybeDone}`
  )
}
