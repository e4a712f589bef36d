import fc from 'fast-check'
import t from 'tap'
import { ToolError } from '../src/define-tool.ts'
import { bearer, callTool, documentOf, findTool, mountApi, recordBytes } from './helpers/openapi.ts'
import { call, paths } from './helpers/openapi-property-arguments.ts'
import { checkBody, checkHead } from './helpers/openapi-property-checks.ts'

const runs = Number(process.env.OPENAPI_RUNS ?? 1_000)
const server = await recordBytes()
const source = await mountApi(documentOf(paths), {
  baseUrl: `${server.origin}/base/v1`,
  credential: bearer('secret-token'),
  allowWrites: true
})
t.teardown(async () => {
  await source.close()
  server.close()
})

const title = `${runs} argument sets: no escape, no smuggled query part, header or form field`
const timeout = 30_000 + 10 * runs

t.setTimeout(timeout)
t.test(title, { timeout }, async (t) => {
  let sent = 0
  const property = fc.asyncProperty(call, async ({ kind, args }) => {
    const tool = findTool(source, kind)
    const parsed = await tool.parse(args)
    const isRefused = parsed.ok
      ? await callTool(tool, args).then(
          () => false,
          (error: unknown) => {
            if (error instanceof ToolError) return true
            throw error
          }
        )
      : true
    if (server.requests.length !== (isRefused ? 0 : 1)) throw new Error('wrong request count')
    const request = server.requests.pop()
    if (!request) return
    sent++
    checkHead(kind, request.head, args, new URL(server.origin).host)
    checkBody(kind, request, args)
  })
  await fc.assert(property, { numRuns: runs })
  t.ok(sent > runs / 10, `${sent} of ${runs} were sent`)
})
