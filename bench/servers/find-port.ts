import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** A free loopback port, for programs that tell theirs in a log line only. */
export async function findPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
