import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { TestClient } from './helpers/clients.ts'
import { connect2025, connect2026, startGateway } from './helpers/gateway.ts'
import {
  everythingProgram,
  filesystemProgram,
  ownProgram,
  startEverything,
  startV1,
  startV2
} from './helpers/real-upstreams.ts'
import { until } from './helpers/until.ts'

/* Clients of both eras, through the gateway, to real servers of both eras, as programs and over HTTP. */

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'portcullis-mount-')))
writeFileSync(join(folder, 'a.txt'), 'text of a')

const gateway = await startGateway({
  everything_stdio: everythingProgram(),
  everything_http: await startEverything(),
  filesystem_stdio: filesystemProgram(folder),
  v1_stdio: ownProgram('v1'),
  v1_http: await startV1(),
  v2_stdio: ownProgram('v2'),
  v2_http: await startV2()
})
t.teardown(async () => {
  await gateway.close()
  rmSync(folder, { recursive: true, force: true })
})
const { app } = gateway

const columns = [
  'list',
  'call',
  'progress',
  'cancel',
  'elicit',
  'sample',
  'resources',
  'prompts'
] as const
type Column = (typeof columns)[number]
type Check = (client: TestClient, server: string) => Promise<boolean>

/** What a server has to show; a reason where it has nothing. */
type Row = Readonly<Record<Column, Check | string>>

const lists =
  (tool: string): Check =>
  async (client, server) =>
    (await client.listTools()).includes(`${server}__${tool}`)

const calls =
  (tool: string, args: object, expected: RegExp): Check =>
  async (client, server) =>
    expected.test(JSON.stringify(await client.callTool(`${server}__${tool}`, { ...args })))

const progresses =
  (tool: string, args: object): Check =>
  async (client, server) => {
    const stop = new AbortController()
    const seen: number[] = []
    const heardTwo = new Promise<void>((resolve) => {
      const options = {
        signal: stop.signal,
        onprogress: ({ progress }: { progress: number }) => {
          seen.push(progress)
          if (seen.length === 2) resolve()
        }
      }
      client.callTool(`${server}__${tool}`, { ...args }, options).catch(() => {})
    })
    await heardTwo
    stop.abort()
    return seen[0] === 1 && seen[1] === 2
  }

const cancels =
  (tool: string, args: object, counter?: string): Check =>
  async (client, server) => {
    const name = `${server}__${tool}`
    const count = async (): Promise<string> =>
      counter === undefined
        ? ''
        : JSON.stringify(await client.callTool(`${server}__${counter}`, {}))
    const before = await count()
    const stop = new AbortController()
    const isStopped = () =>
      app.audit('TOOL_EXECUTE').filter((line) => line.tool === name && line.outcome === 'cancelled')
    const stoppedBefore = isStopped().length
    const onprogress = () => stop.abort()
    const call = client.callTool(name, { ...args }, { signal: stop.signal, onprogress })
    const isRejected = await call.then(
      () => false,
      () => true
    )
    await until(() => isStopped().length > stoppedBefore, `${name} is cancelled`)
    if (counter !== undefined)
      await until(async () => (await count()) !== before, `${name} heard it`)
    return isRejected
  }

const reads =
  (uri: string, expected: RegExp): Check =>
  async (client, server) => {
    const own = `mcp://${server}/${uri}`
    const read = JSON.stringify(await client.readResource(own))
    return (
      (await client.listResources()).some((each) => each.startsWith(`mcp://${server}/`)) &&
      expected.test(read) &&
      read.includes(own)
    )
  }

const prompts =
  (
    prompt: string,
    args: Record<string, string>,
    expected: RegExp,
    suggestion?: readonly [string, string, string]
  ): Check =>
  async (client, server) => {
    const name = `${server}__${prompt}`
    const isListed = (await client.listPrompts()).includes(name)
    const got = JSON.stringify(await client.getPrompt(name, args))
    const [argument = '', typed = '', found = ''] = suggestion ?? []
    const values = suggestion ? await client.complete(name, argument, typed) : [found]
    return isListed && expected.test(got) && values.includes(found)
  }

const everything: Row = {
  list: lists('echo'),
  call: calls('echo', { message: 'hello' }, /hello/),
  progress: progresses('trigger-long-running-operation', { duration: 4, steps: 40 }),
  cancel: cancels('trigger-long-running-operation', { duration: 60, steps: 600 }),
  elicit: calls('trigger-elicitation-request', {}, /Ann/),
  sample: calls('trigger-sampling-request', { prompt: 'Think.' }, /a thought/),
  resources: reads('demo://resource/dynamic/text/1', /text/),
  prompts: prompts('args-prompt', { city: 'Oslo' }, /Oslo/)
}
const filesystem: Row = {
  list: lists('read_text_file'),
  call: calls('read_text_file', { path: join(folder, 'a.txt') }, /text of a/),
  progress: 'reports none',
  cancel: 'has nothing that takes long',
  elicit: 'asks nothing',
  sample: 'asks nothing',
  resources: 'has none',
  prompts: 'has none'
}
const own: Row = {
  list: lists('echo'),
  call: calls(
    'echo',
    { text: 'hello' },
    /"structuredContent":\{"text":"hello"\}.*com\.example\/kept|com\.example\/kept.*"structuredContent":\{"text":"hello"\}/
  ),
  progress: progresses('wait', {}),
  cancel: cancels('wait', {}, 'count_cancelled'),
  elicit: calls('book', {}, /accept Oslo/),
  sample: calls('think', {}, /thought .*a thought/),
  resources: async (client, server) =>
    (await reads('test://about', /about v/)(client, server)) &&
    (await reads('test://items/7', /item 7/)(client, server)),
  prompts: prompts('greet', { city: 'Oslo' }, /Greet Oslo/, ['city', 'O', 'Odense'])
}

const rows: readonly (readonly [server: string, era: string, row: Row])[] = [
  [
    'everything_stdio',
    '2025',
    {
      ...everything,
      elicit: 'offers it to clients that can be asked; a program is listed without one',
      sample: 'offers it to clients that can be asked; a program is listed without one'
    }
  ],
  ['everything_http', '2025', everything],
  ['filesystem_stdio', '2025', filesystem],
  ['v1_stdio', '2025', own],
  ['v1_http', '2025', own],
  ['v2_stdio', '2026', own],
  ['v2_http', '2026', own]
]

const printed: string[] = []

for (const [era, connect] of [
  ['2025', connect2025],
  ['2026', connect2026]
] as const) {
  for (const [server, serverEra, row] of rows) {
    t.test(`a ${era} client of ${server}, which is of ${serverEra}`, async (t) => {
      const client = await connect(app)
      t.teardown(() => client.close())
      const cells: string[] = []
      for (const column of columns) {
        const check = row[column]
        if (typeof check === 'string') {
          cells.push('–')
          t.comment(`${column}: ${server} ${check}`)
          continue
        }
        const isGood = await check(client, server).catch((error: unknown) => {
          t.comment(String(error))
          return false
        })
        t.ok(isGood, column)
        cells.push(isGood ? 'ok' : 'FAIL')
      }
      printed.push(
        `${era}  ${serverEra}  ${server.padEnd(17)} ${cells.map((cell) => cell.padEnd(10)).join('')}`
      )
    })
  }
}

t.test('no cell of the matrix failed', async (t) => {
  t.comment(
    `client server ${' '.repeat(11)} ${columns.map((column) => column.padEnd(10)).join('')}`
  )
  for (const line of printed) t.comment(line)
  t.notMatch(printed.join(), /FAIL/)
})
