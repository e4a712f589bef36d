/** What went wrong with an upstream server, in the seven words of the old client library. */
export type UpstreamFault =
  | 'connection'
  | 'configuration'
  | 'validation'
  | 'protocol'
  | 'timeout'
  | 'authentication'
  | 'unknown'

/** What may be told to anybody: no address, no secret, no word of the server's. */
const texts: Readonly<Record<UpstreamFault, string>> = {
  connection: 'The server behind this cannot be reached at the moment, or its connection broke.',
  configuration: 'The server behind this is not configured rightly: tell the operator.',
  validation: 'The server behind this sent an answer that does not have the form it must have.',
  protocol: 'The server behind this refused the request or did not keep to the protocol.',
  timeout: 'The server behind this did not answer in time.',
  authentication: 'The server behind this does not accept the credential of this gateway.',
  unknown: 'The server behind this failed.'
}

/** A JSON-RPC error that the server answered with, as it wrote it: untrusted. */
export interface RpcError {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

/**
 * A failed connection to an upstream server, or a failed request. `message` and `toJSON` hold
 * nothing that a client must not see; `cause` is for the log, `rpc` is the server's own answer.
 */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  readonly fault: UpstreamFault
  /** The server's name in the configuration. */
  readonly server: string
  readonly rpc: RpcError | undefined
  /** Whether the request may have reached the server: false promises that it did nothing. */
  readonly wasSent: boolean

  constructor(
    fault: UpstreamFault,
    server: string,
    options: { cause?: unknown; rpc?: RpcError; wasSent?: boolean } = {}
  ) {
    super(texts[fault], { cause: options.cause })
    this.fault = fault
    this.server = server
    this.rpc = options.rpc
    this.wasSent = options.wasSent ?? false
  }

  toJSON(): Readonly<Record<string, unknown>> {
    const { fault, server, message } = this
    return { error: fault, server, message }
  }
}
