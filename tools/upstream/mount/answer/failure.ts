import { errorResult, maybeDone, Refusal, type RefusalKind } from '../../../../src/errors.ts'
import type { CallResult } from '../../../../src/types.ts'
import { UpstreamError, type UpstreamFault } from '../../upstream-error.ts'
import { Misshapen } from './content.ts'

/** An answer without the protocol's shape is a fault of the server, too. */
export function findUpstreamError(error: unknown, server: string): UpstreamError | undefined {
  if (error instanceof UpstreamError) return error
  if (!(error instanceof Misshapen)) return undefined
  return new UpstreamError('validation', server, { cause: error, wasSent: true })
}

const advice: Readonly<Record<UpstreamFault, string>> = {
  connection: 'Retry in some seconds; if that fails, go on without it and say that it is down.',
  configuration: 'Retrying does not help.',
  validation: 'Try other arguments; if that fails, tell the operator.',
  protocol: 'Correct the arguments as the input schema says, or call another tool.',
  timeout: 'Ask for less at once, or retry later.',
  authentication: 'Retrying does not help: tell the operator.',
  unknown: 'Retry once; if that fails, tell the operator.'
}

/** What the model reads when a server failed: no address, no secret, no word of the server's. */
export function describeFailure(error: UpstreamError, isReadOnly: boolean): CallResult {
  const { fault, server, rpc, wasSent } = error
  const isDoubtful = wasSent && !isReadOnly && (fault === 'connection' || fault === 'timeout')
  const code = rpc ? ` (JSON-RPC error ${rpc.code})` : ''
  const hint = isDoubtful ? `Outcome unknown: the call ${maybeDone}` : advice[fault]
  const text = `${server}: ${error.message}${code} ${hint}`
  return {
    ...errorResult(text),
    _meta: {
      'portcullis/upstream': { ...error.toJSON(), ...(rpc && { code: rpc.code }) }
    }
  }
}

const notFoundCodes: ReadonlySet<number | undefined> = new Set([-32602, -32002])

/** The same for a reading, whose refusals are JSON-RPC errors. */
export function refuseReading(error: UpstreamError, unknown: RefusalKind): Refusal {
  if (notFoundCodes.has(error.rpc?.code)) return new Refusal(unknown)
  const { server, message, fault } = error
  const detail = `${server}: ${message} ${advice[fault]}`
  return new Refusal('internal', { detail, data: error.toJSON() })
}
