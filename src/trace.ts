// Only a later version than 00 may go on after its flags.
const traceparent =
  /^(?:00-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}$|(?!00|ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(?:-|$))/

/** The trace id of a W3C `traceparent`; undefined when malformed or all zero. */
export function readTraceId(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 128) return undefined
  const match = traceparent.exec(value)
  if (!match) return undefined
  const [, traceId = match[3] ?? '', parentId = match[4] ?? ''] = match
  return /^0+$/.test(traceId) || /^0+$/.test(parentId) ? undefined : traceId
}
