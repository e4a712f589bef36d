import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { request as requestTls } from 'node:https'
import { connect } from 'node:net'

const timeoutMs = 5000
const maxChars = 10_000

/** Where this server would listen, or does. */
export interface Listener {
  readonly at: { readonly host: string; readonly port: number }
  /** What it answers to in a Host header. */
  readonly name: string
  readonly isTls: boolean
}

/** Every interface of the machine. */
export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::'

/** True when somebody listens there, or may. */
export async function isTaken({ at }: Listener): Promise<boolean> {
  const socket = connect(at)
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error('timeout')))
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    // Whoever does not answer may still hold it.
    return (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED'
  } finally {
    socket.destroy()
  }
}

/** The version of a Portcullis that listens there; undefined when it is something else. */
export async function askVersion(listener: Listener): Promise<string | undefined> {
  try {
    const { service, version } = JSON.parse(await askHealth(listener)) as Record<string, unknown>
    const isOurs = service === 'portcullis' && typeof version === 'string'
    return isOurs && /^[\w.+-]{1,40}$/.test(version) ? version : undefined
  } catch {
    return undefined
  }
}

async function askHealth({ at, name, isTls }: Listener): Promise<string> {
  const outgoing = (isTls ? requestTls : request)({
    ...at,
    path: '/health',
    headers: { host: name },
    signal: AbortSignal.timeout(timeoutMs),
    agent: false,
    // Nothing secret is sent, and it is asked by its address, which no certificate has.
    rejectUnauthorized: false
  })
  outgoing.end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk
    if (text.length > maxChars) break
  }
  return text
}
