import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Message, UpstreamConnection } from '../tools/upstream/connection.ts'
import { findFreePort } from './helpers/free-port.ts'
import { until } from './helpers/until.ts'
import { connect, referenceServer } from './helpers/upstreams.ts'

const signal = new AbortController().signal

async function startEverything(t: Test, mode: 'streamableHttp' | 'sse'): Promise<number> {
  const port = await findFreePort()
  const child = spawn(process.execPath, [referenceServer('everything'), mode], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore'
  })
  t.teardown(() => child.kill('SIGKILL'))
  await until(
    async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)) !== undefined,
    'it listens'
  )
  return port
}

async function visit(t: Test, server: UpstreamConnection): Promise<void> {
  const progress: unknown[] = []
  const found = await server.use({ signal }, async (client) => {
    const tools = await client.list('tools')
    const uri = String((await client.list('resources'))[0]?.uri)
    const operation = {
      name: 'trigger-long-running-operation',
      arguments: { duration: 0.2, steps: 2 }
    }
    return {
      names: tools.map(({ name }) => name),
      echo: await client.request('tools/call', { name: 'echo', arguments: { message: 'hi' } }),
      resource: await client.request('resources/read', { uri }),
      prompts: await client.list('prompts'),
      long: await client.request('tools/call', operation, {
        onProgress: (step) => progress.push(step)
      })
    }
  })
  t.ok(found.names.includes('echo'))
  t.match(found.echo, { content: [{ type: 'text', text: 'Echo: hi' }] })
  t.match(found.resource, { contents: [{ uri: String }] })
  t.ok(found.prompts.length > 0)
  t.ok(progress.length > 0, 'progress was told')

  const asked: string[] = []
  const answer = async ({ method }: { method: string }): Promise<Message> => {
    asked.push(method)
    if (method === 'roots/list') return { roots: [] }
    return { role: 'assistant', model: 'm', content: { type: 'text', text: 'sampled' } }
  }
  const call = { signal, caller: 'me', capabilities: { sampling: {} }, answer }
  const sampled = await server.use(call, (client) =>
    client.request('tools/call', {
      name: 'trigger-sampling-request',
      arguments: { prompt: 'p', maxTokens: 5 }
    })
  )
  t.match(JSON.stringify(sampled), /sampled/)
  t.same(asked, ['sampling/createMessage'])
}

t.test('server-everything on stdio', async (t) => {
  const entry = { command: process.execPath, args: [referenceServer('everything'), 'stdio'] }
  const { get } = connect(t, { it: entry })
  await visit(t, get('it'))
  t.equal(get('it').info?.transport, 'stdio')
})

t.test('server-everything over streamable HTTP', async (t) => {
  const port = await startEverything(t, 'streamableHttp')
  const { get } = connect(t, { it: `http://127.0.0.1:${port}/mcp` })
  await visit(t, get('it'))
  t.equal(get('it').info?.transport, 'streamable_http')
})

t.test('server-everything over HTTP+SSE, found by itself', async (t) => {
  const port = await startEverything(t, 'sse')
  const { get } = connect(t, { it: `http://127.0.0.1:${port}/sse` })
  await visit(t, get('it'))
  t.equal(get('it').info?.transport, 'sse')
})

t.test('server-filesystem', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'files-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'a.txt'), 'what stands in it')
  const entry = { command: process.execPath, args: [referenceServer('filesystem'), folder] }
  const { get } = connect(t, { it: entry })
  const read = { name: 'read_text_file', arguments: { path: join(folder, 'a.txt') } }
  const result = await get('it').use({ signal }, (client) => client.request('tools/call', read))
  t.match(result, { content: [{ text: 'what stands in it' }] })
  const outside = { name: 'read_text_file', arguments: { path: '/etc/hostname' } }
  const refused = await get('it').use({ signal }, (client) => client.request('tools/call', outside))
  t.match(refused, { isError: true })
})
