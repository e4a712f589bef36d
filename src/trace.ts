const traceparent = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(?:-|$)/

/** The trace id of a W3C `traceparent`; undefined when malformed or all zero. */
export function readTraceId(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 128) return undefined
  const match = traceparent.exec(value)
  if (!match || value.startsWith('ff')) return undefined
  const [, traceId = '', parentId = ''] = match
  return /^0+$/.test(traceId) || /^0+$/.test(parentId) ? undefined : traceId
}
