/** Where a request belongs among those that led to it (W3C Trace Context). */
export interface Trace {
  readonly traceId: string
  /** As version 00, whatever version came. */
  readonly traceparent: string
}

const pattern = /^(?!ff)([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/
const version00Length = 55

/** Reads a `traceparent`; undefined when malformed or all zero. */
export function readTrace(value: unknown): Trace | undefined {
  if (typeof value !== 'string' || value.length > 128) return undefined
  const [all, version = '', traceId = '', parentId = '', flags = ''] = pattern.exec(value) ?? []
  if (all === undefined) return undefined
  // Only a later version than 00 may go on after its flags.
  if (version === '00' && value.length !== version00Length) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined
  return { traceId, traceparent: `00-${traceId}-${parentId}-${flags}` }
}
