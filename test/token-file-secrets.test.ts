import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { send } from './helpers/http.ts'
import { serve } from './helpers/serve.ts'
import { until } from './helpers/until.ts'

t.test('a token that came while the server ran is as secret as the first', async (t) => {
  const [old, fresh] = ['Zq81mvLc0pTy5RwXb7Ne3KsUd9HgAf2J', 'Wd42kxNf8rVu6YeQz1Mi0LtBh5CoGj7S']
  const file = join(t.testdir({}), 'tokens')
  const keep = (token: string) => writeFileSync(file, `agent:${token}\n`, { mode: 0o600 })
  keep(old)
  const env = { MCP_AUTH_TOKEN_FILE: file, MCP_RATE_LIMIT_ENABLED: 'false' }
  const { running, origin } = await serve(t, ['--http'], env)
  const call = (key: string, text: string) =>
    send(`${origin}/api/tools/no_such_tool`, {
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: { text }
    })
  keep(fresh)
  await until(async () => (await call(fresh, 'nothing')).status === 404, 'the new token counts')
  await call(fresh, `what ${old} and ${fresh} are`)
  await running.stderr.until(/"text":"what \S+ and \S+ are"/)
  t.match(running.stderr.text, /"text":"what \*{3}REDACTED\*{3} and \*{3}REDACTED\*{3} are"/)
})
