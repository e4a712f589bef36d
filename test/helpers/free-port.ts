import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

const firstPort = 10_240
/** From here on systems choose by themselves, for clients and for port 0. */
const ephemeralPort = 32_768

/** A port of 127.0.0.1 that nobody listens at, for programs that cannot choose one themselves. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, ephemeralPort)
    const probe = createServer().listen(port, '127.0.0.1')
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false
    )
    if (!isFree) continue
    probe.close()
    await once(probe, 'close')
    return port
  }
}
