import { type EventStream, openStream } from './http.ts'
import { bearerHeaders, initialize, legacy } from './messages.ts'

/** Opens a session of the 2025 era with any key, and its stream. */
export async function openEventStream(url: string, key: string): Promise<EventStream> {
  const authorization = `Bearer ${key}`
  const body = initialize()
  const opened = await openStream(url, { headers: bearerHeaders(key), body })
  await opened.find(({ id }) => id === body.id)
  const session = {
    accept: 'text/event-stream',
    authorization,
    'mcp-protocol-version': legacy,
    'mcp-session-id': String(opened.headers['mcp-session-id'])
  }
  return openStream(url, { method: 'GET', headers: session })
}
