import type { CallContext, Log, ToolResult } from '../../src/types.ts'
import { type MountOptions, mountServer } from '../../tools/upstream/mount/mount.ts'
import type { FakeUpstream } from './fake-upstream.ts'

/** A log whose lines a test reads. */
export function createKeptLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = []
  const keep = (message: string, fields: object = {}): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`)
  }
  return { log: { debug: keep, info: keep, warn: keep, error: keep }, lines }
}

export async function mount(fake: FakeUpstream, options: Partial<MountOptions> = {}) {
  const { log, lines } = createKeptLog()
  const source = await mountServer({
    connection: fake.connection,
    allowsResource: () => true,
    log,
    ...options
  })
  return {
    source,
    lines,
    names: () => source.tools.map(({ name }) => name),
    async call(name: string, args: unknown = {}, more: Partial<CallContext> = {}) {
      const tool = source.tools.find((each) => each.name === name)
      if (!tool) throw new Error(`no tool ${name}`)
      const parsed = await tool.parse(args)
      return parsed.ok ? tool.run(parsed.value, contextOf(more)) : parsed
    }
  }
}

export function contextOf(more: Partial<CallContext> = {}): CallContext {
  return {
    principal: { id: 'ann', kind: 'key' },
    transport: 'http',
    requestId: 'request-1',
    signal: new AbortController().signal,
    log: createKeptLog().log,
    progress: () => {},
    message: () => {},
    ...more
  }
}

export function textOf(result: unknown): string {
  const { content = [] } = result as Extract<ToolResult, { content: unknown }>
  return content.map((block) => ('text' in block ? String(block.text) : '')).join('\n')
}
