import t from 'tap'
import { startApp } from './helpers/app.ts'
import { send } from './helpers/http.ts'
import { startIssuer } from './helpers/issuer.ts'
import { request } from './helpers/messages.ts'

t.test('behind a proxy the metadata go by its scheme, whatever else it passes on', async (t) => {
  const issuer = await startIssuer()
  const jwt = { ...issuer.settings, audience: 'portcullis' }
  const app = await startApp({ auth: { jwt }, http: { trustProxy: ['127.0.0.1'] } })
  t.teardown(async () => {
    await app.close(0)
    await issuer.close()
  })
  const json = { 'content-type': 'application/json' }
  const host = `127.0.0.1:${app.port}`
  for (const [scheme, wanted] of [
    ['https', 'https'],
    ['http', 'http'],
    ['https", error="invalid_token', 'http'],
    ['javascript', 'http']
  ] as const) {
    const forwarded = { 'x-forwarded-proto': scheme }
    const sent = { headers: { ...json, ...forwarded }, body: request('tools/list') }
    const { headers } = await send(app.url, sent)
    const metadata = `${wanted}://${host}/.well-known/oauth-protected-resource/mcp`
    t.equal(
      headers['www-authenticate'],
      `Bearer realm="portcullis", resource_metadata="${metadata}"`
    )
    const { text } = await send(metadata.replace(/^https/, 'http'), {
      method: 'GET',
      headers: forwarded
    })
    t.equal(JSON.parse(text).resource, `${wanted}://${host}/mcp`)
  }
})
