import { Agent } from 'node:http'
import t from 'tap'
import { startApp } from './helpers/app.ts'
import { allCarriers, carriers } from './helpers/carriers.ts'
import { toolCall } from './helpers/messages.ts'
import type { KeyName } from './helpers/principals.ts'

/*
 * Many clients that count their requests alike: nobody may get what another one asked for. For the
 * full proof: ISOLATION_CALLS=20000 node dist/test/isolation.test.js
 */

const clients = 50
const calls = Math.ceil(Number(process.env.ISOLATION_CALLS ?? 1000) / clients)
const timeout = 600_000
t.setTimeout(timeout)
const keys: readonly KeyName[] = ['full', 'narrow', 'tiny']

for (const [era, open] of Object.entries(carriers).filter(([name]) => !name.startsWith('stdio'))) {
  t.test(`${era}: ${clients} clients, ${calls} calls each`, { timeout }, async (t) => {
    const app = await startApp({
      ...allCarriers,
      limits: { enabled: false },
      log: { level: 'warn' }
    })
    const agent = new Agent({ keepAlive: true, maxSockets: clients })
    const foreign: unknown[] = []

    async function play(client: number): Promise<void> {
      const key = keys[client % keys.length] ?? 'full'
      const carrier = await open({ app, key, agent })
      for (let id = 1; id <= calls; id++) {
        // The name of the caller goes with the nonce, to be found again in the audit record.
        const text = `${key} ${client} ${id}`
        const turns = (client * 7 + id * 3) % 6
        const { answer } = await carrier.send('tools/call', toolCall('echo', { text, turns }), id)
        const message = await answer
        const got = message?.result?.structuredContent as { text?: string } | undefined
        if (message?.id !== id || got?.text !== text) foreign.push({ asked: text, message })
      }
      await carrier.close()
    }

    await Promise.all(Array.from({ length: clients }, (_, client) => play(client)))
    t.strictSame(foreign, [], 'each answer is of the one who asked')
    const records = app.audit('TOOL_EXECUTE')
    t.equal(records.length, clients * calls, 'one record for each call')
    t.equal(new Set(records.map(({ requestId }) => requestId)).size, clients * calls)
    const strange = records.filter(
      ({ principal, args }) => principal !== (args as { text: string }).text.split(' ')[0]
    )
    t.strictSame(strange, [], 'under the name of its caller')
    agent.destroy()
    await app.close(0)
  })
}
