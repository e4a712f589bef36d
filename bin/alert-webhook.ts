import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Alert } from '../src/alerts.ts'
import type { Log } from '../src/types.ts'

export interface WebhookOptions {
  readonly webhook: string
  /** Signs what is sent; without it nothing is signed. */
  readonly secret?: string | undefined
}

const maxWaiting = 100
const timeoutMs = 5000
const maxAnswerBytes = 64 * 1024
/** After the first and the second attempt; there is no fourth. */
const retryDelaysMs = [1000, 5000]

/**
 * Posts alerts one after the other. `X-Portcullis-Signature` is `v1=` and the hex HMAC-SHA-256 of
 * `X-Portcullis-Timestamp` (Unix seconds), a dot and the body; a retry keeps the `id`. Alerts that
 * find the queue full are dropped, and the log says so.
 */
export function createAlertWebhook(options: WebhookOptions, log: Log): (alert: Alert) => void {
  const waiting: string[] = []
  let isSending = false

  async function sendAll(): Promise<void> {
    isSending = true
    for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) {
      await sendOne(options, body).catch((error: unknown) => {
        // Without the address: its path is often the secret.
        log.error('alert not delivered', { setting: 'alerts.webhook', reason: faultOf(error) })
      })
    }
    isSending = false
  }

  return (alert) => {
    if (waiting.length >= maxWaiting) return log.error('alert dropped: too many wait for delivery')
    waiting.push(describe(alert))
    if (!isSending) sendAll().catch(() => {})
  }
}

function describe({ reason, transport, remote }: Alert): string {
  const ts = new Date().toISOString()
  return JSON.stringify({
    id: randomUUID(),
    ts,
    service: 'portcullis',
    event: 'SECURITY_ALERT',
    reason,
    transport,
    remote
  })
}

async function sendOne(options: WebhookOptions, body: string): Promise<void> {
  for (const waitMs of [...retryDelaysMs, undefined]) {
    const fault = await post(options, body)
    if (!fault) return
    if (fault.isFinal || waitMs === undefined) throw new Error(fault.text)
    await delay(waitMs, undefined, { ref: false })
  }
}

interface Fault {
  readonly text: string
  /** What a receiver refuses today it refuses in five seconds, too. */
  readonly isFinal: boolean
}

async function post({ webhook, secret }: WebhookOptions, body: string): Promise<Fault | undefined> {
  const { default: got } = await import('got')
  const { exchange, exchangeDefaults } = await import('../tools/outside/exchange.ts')
  const instance = got.extend({ ...exchangeDefaults, timeout: { request: timeoutMs } })
  const headers = { 'content-type': 'application/json', ...sign(secret, body) }
  const url = new URL(webhook)
  const { signal } = new AbortController()
  try {
    const outgoing = { method: 'POST', url, headers, body }
    const { status } = await exchange(instance, outgoing, { signal, maxBytes: maxAnswerBytes })
    if (status < 300) return undefined
    return { text: `status ${status}`, isFinal: status < 500 && status !== 429 }
  } catch (error) {
    return { text: faultOf(error), isFinal: false }
  }
}

function sign(secret: string | undefined, body: string): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(Date.now() / 1000))
  if (secret === undefined) return { 'x-portcullis-timestamp': timestamp }
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return { 'x-portcullis-timestamp': timestamp, 'x-portcullis-signature': `v1=${signature}` }
}

/** Of a failed exchange: its kind and code, never an address. */
function faultOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}
