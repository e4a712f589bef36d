import t, { type Test } from 'tap'
import { createTestTools } from './fixtures/test-tools.ts'
import { startApp } from './helpers/app.ts'
import { clientKinds, type Target, type TestClient } from './helpers/clients.ts'

/* Every client that is out there, over both transports: what one library hides another shows. */

const app = await startApp({ limits: { enabled: false } })
t.teardown(() => app.close(0))

const targets: Readonly<Record<string, Target>> = { stdio: 'stdio', HTTP: new URL(app.url) }
const names = createTestTools()
  .tools.map(({ name }) => name)
  .sort()

for (const [kind, create] of Object.entries(clientKinds)) {
  for (const [carrier, target] of Object.entries(targets)) {
    t.test(`${kind} over ${carrier}`, async (t) => {
      const client = create()
      await client.connect(target)

      t.strictSame(await client.listTools(), names, 'lists the tools in order')
      await callsWell(t, client)
      await refusesWell(t, client)
      await reportsProgress(t, client, `progress of ${kind} ${carrier}`)
      await cancels(t, client, `cancelling ${kind} ${carrier}`)

      await client.close()
      const next = create()
      await next.connect(target)
      const again = await next.callTool('echo', { text: 'again' })
      t.strictSame(again.structuredContent, { text: 'again' }, 'reconnects')
      await next.close()
    })
  }
}

async function callsWell(t: Test, client: TestClient): Promise<void> {
  const { isError, content, structuredContent } = await client.callTool('echo', { text: 'héllo' })
  t.not(isError, true, 'the call succeeds')
  t.strictSame(structuredContent, { text: 'héllo' }, 'structured output')
  t.strictSame(content, [{ type: 'text', text: '{"text":"héllo"}' }], 'and the same as text')
}

async function refusesWell(t: Test, client: TestClient): Promise<void> {
  const wrong = await client.callTool('echo', { text: 5 })
  t.equal(wrong.isError, true, 'bad arguments: a result that the model can read')
  t.match(wrong.content, [{ type: 'text', text: /text: .*expected string/ }], 'naming the argument')
  await t.rejects(client.callTool('no_such_tool', {}), { code: -32602 }, 'unknown tool: -32602')
}

/** The client lets the tool go on once it has heard of its progress. */
async function reportsProgress(t: Test, client: TestClient, name: string): Promise<void> {
  const seen: number[] = []
  const released: Promise<unknown>[] = []
  const onprogress = ({ progress }: { progress: number }): void => {
    seen.push(progress)
    released.push(client.callTool('release', { name }))
  }
  const { content } = await client.callTool('hold', { name }, { onprogress })
  t.strictSame(seen, [1], 'progress arrives before the result')
  t.strictSame(content, [{ type: 'text', text: `released ${name}` }], 'and the result after it')
  await Promise.all(released)
}

async function cancels(t: Test, client: TestClient, name: string): Promise<void> {
  const controller = new AbortController()
  // The tool reports progress as soon as it runs.
  const onprogress = (): void => controller.abort()
  const call = client.callTool('hold', { name }, { onprogress, signal: controller.signal })
  await t.rejects(call, 'a cancelled call rejects')
  const { content } = await client.callTool('await_abort', { name })
  t.strictSame(content, [{ type: 'text', text: `${name} was aborted` }], 'cancel reaches the tool')
}
