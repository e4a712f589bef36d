import type { Random } from './random.ts'

/** The tool whose executions are counted; it takes exactly one text. */
const canary = 'canary'

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'campaign', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {}
}

/** Good messages of both eras to start from. */
export const seeds: readonly ((nonce: string) => object)[] = [
  (nonce) => call(nonce),
  (nonce) => call(nonce, { _meta: envelope }),
  (nonce) => call(nonce, { _meta: { ...envelope, progressToken: nonce } }),
  () => ({ jsonrpc: '2.0', id: 'a', method: 'tools/list', params: {} }),
  () => ({ jsonrpc: '2.0', id: 2, method: 'tools/list', params: { cursor: '', _meta: envelope } }),
  () => ({ jsonrpc: '2.0', id: 3, method: 'resources/read', params: { uri: 'docs://x' } }),
  () => ({ jsonrpc: '2.0', id: 4, method: 'prompts/get', params: { name: 'x', arguments: {} } }),
  () => ({
    jsonrpc: '2.0',
    id: 5,
    method: 'completion/complete',
    params: { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'a', value: 'b' } }
  }),
  () => ({ jsonrpc: '2.0', id: 6, method: 'server/discover', params: { _meta: envelope } }),
  () => ({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }),
  () => ({ jsonrpc: '2.0', id: 7, result: {} }),
  () => ({ jsonrpc: '2.0', id: 8, method: 'ping' })
]

function call(nonce: string, more: object = {}): object {
  const params = { name: canary, arguments: { nonce }, ...more }
  return { jsonrpc: '2.0', id: 1, method: 'tools/call', params }
}

/** A good message as text; most often the call that must not happen by accident. */
export function pickSeed(nonce: string, random: Random): string {
  const seed = random.next() < 0.6 ? random.pick(seeds.slice(0, 3)) : random.pick(seeds)
  return JSON.stringify(seed(nonce))
}

/** An independent reader's view: which executions may this text cause? */
export function noncesOf(text: string): readonly string[] {
  try {
    const message = JSON.parse(text)
    // The older revisions know batches.
    return (Array.isArray(message) ? message : [message]).flatMap(nonceOf)
  } catch {
    return []
  }
}

function nonceOf(message: unknown): readonly string[] {
  if (!isObject(message) || !isObject(message.params)) return []
  const { jsonrpc, id, method, params } = message
  const isRequest = jsonrpc === '2.0' && (typeof id === 'string' || Number.isInteger(id))
  if (!isRequest || method !== 'tools/call' || params.name !== canary) return []
  if (!isObject(params.arguments)) return []
  const { nonce, ...others } = params.arguments
  return typeof nonce === 'string' && Object.keys(others).length === 0 ? [nonce] : []
}

// Without exceptions: a batch may have 300,000 parts.
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
