import type { Server } from 'node:net'

/** Keys that clients of this test process have presented to the product, or that it was given. */
const known = new Set<string>()

/** Keys of the product's own making, and those of the test application. */
const made = /pcl_[\w-]{16,}/
const minChars = 16
const tailChars = 8_192

/** Notes the credentials among the headers of a request to the product. */
export function noteInboundKeys(headers: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(headers)) {
    if (/^(?:authorization|x-api-key)$/i.test(name)) noteKey(value.replace(/^bearer +/i, ''))
  }
}

/** Notes the keys that a process of the product accepts. */
export function noteAcceptedKeys(env: Readonly<Record<string, string>>): void {
  const { MCP_AUTH_TOKEN = '', MCP_API_KEYS = '' } = env
  for (const key of [MCP_AUTH_TOKEN, ...MCP_API_KEYS.split(',')]) noteKey(key.trim())
}

/** Shorter ones may occur by chance. */
function noteKey(key: string): void {
  if (key.length >= minChars) known.add(key)
}

/**
 * Reads along with every connection of an upstream. A key of the inbound side on it, as it is or
 * encoded, becomes an uncaught exception: tap fails the test, whatever that test looks at.
 */
export function watchForInboundKeys(
  server: Server,
  onFound: (found: string) => void = (found) => {
    throw new Error(found)
  }
): void {
  server.on('connection', (socket) => {
    let tail = ''
    socket.on('data', (chunk: Buffer | string) => {
      const text = tail + (typeof chunk === 'string' ? chunk : chunk.toString('latin1'))
      if (holdsInboundKey(text)) {
        onFound(`an inbound key reached an upstream: ${text.split('\r\n')[0]}`)
      }
      tail = text.slice(-tailChars)
    })
  })
}

function holdsInboundKey(text: string): boolean {
  return (
    made.test(text) || [...known].some((key) => formsOf(key).some((form) => text.includes(form)))
  )
}

/** As it is, in an address, and as the password of `Basic`, whatever the user's name is. */
function formsOf(key: string): readonly string[] {
  const shifted = ['', ' ', '  '].map((before) => {
    const encoded = Buffer.from(`${before}${key}`).toString('base64')
    // The first and the last group also hold bits of the neighbours.
    return encoded.slice(4, -4)
  })
  return [key, encodeURIComponent(key), ...shifted]
}
