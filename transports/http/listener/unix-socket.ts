import { lstatSync, type Stats, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ConfigError, reasonOf } from '../../../src/config-error.ts'
import { withFileLock } from '../../../src/files/file-lock.ts'

/** `sun_path` of unix(7) without its final zero; macOS has four bytes less. */
const maxPathBytes = process.platform === 'linux' ? 107 : 103

/** Whoever comes by a socket is on this machine; a proxy among them can be trusted by this address. */
const localAddress = '127.0.0.1'

/** Gives connections of a UNIX socket, which have no address, one for limits, bans and records. */
export function addLocalAddress(app: FastifyInstance): void {
  app.server.on('connection', (socket) => {
    Object.defineProperty(socket, 'remoteAddress', { value: localAddress })
  })
}

/**
 * Listens on a UNIX socket that only its owner may use. What is left of a server that is gone is
 * replaced. Throws a ConfigError when somebody listens there, or when it is another kind of file.
 */
export async function listenOnSocket(app: FastifyInstance, path: string): Promise<void> {
  // Longer names would be cut off silently.
  if (Buffer.byteLength(path) > maxPathBytes) {
    throw refuse(`is ${Buffer.byteLength(path)} bytes long; at most ${maxPathBytes} can be used`)
  }
  await app.ready()
  try {
    // Of two servers that both find it stale, the second must not remove what the first has made.
    await withFileLock(`${path}.lock`, async () => {
      await removeStale(path)
      // The mode must be right from the beginning, not some moments later.
      const before = process.umask(0o177)
      try {
        await app.listen({ path })
      } finally {
        process.umask(before)
      }
    })
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : refuse(`cannot listen: ${reasonOf(cause)}`, cause)
  }
}

async function removeStale(path: string): Promise<void> {
  const found = look(path)
  if (!found) return
  if (!found.isSocket()) throw refuse(`${path} exists and is no socket; remove it or name another`)
  const answer = await tryToConnect(path)
  if (answer === 'ECONNREFUSED') unlinkSync(path)
  else if (answer !== 'ENOENT') throw refuse(`another server listens on ${path} (${answer})`)
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

/** `connected`, or the code of what went wrong. */
function tryToConnect(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const end = (answer: string): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end('connected'))
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code ?? 'unknown error'))
  })
}

function refuse(reason: string, cause?: unknown): ConfigError {
  return new ConfigError(`http.socket (MCP_SOCKET): ${reason}`, { cause })
}
