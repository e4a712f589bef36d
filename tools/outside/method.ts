/** Nothing changes by it, so it may be repeated (RFC 9110, 9.2.1); a body has no meaning (9.3.1). */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
