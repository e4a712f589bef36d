import t from 'tap'
import { startGateway } from './helpers/gateway.ts'
import { send } from './helpers/http.ts'
import { modernHeaders, modernRequest } from './helpers/messages.ts'
import type { KeyName } from './helpers/principals.ts'
import { startV1, startV2 } from './helpers/real-upstreams.ts'

/* The state of a question belongs to one caller, one tool and one set of arguments. */

const { app, close } = await startGateway({ v1: await startV1(), v2: await startV2() })
t.teardown(close)

type Json = Readonly<Record<string, unknown>>

interface Result {
  readonly resultType?: string
  readonly inputRequests?: Readonly<Record<string, Json>>
  readonly requestState?: string
  readonly content?: readonly Json[]
}

async function call(
  params: Json,
  key: KeyName = 'full'
): Promise<{ result?: Result; error?: Json }> {
  const body = modernRequest('tools/call', params)
  return JSON.parse((await send(app.url, { headers: modernHeaders(body, key), body })).text)
}

for (const server of ['v1', 'v2']) {
  t.test(
    `a question of ${server} is answered by who was asked, once, as it was sealed`,
    async (t) => {
      const name = `${server}__book`
      const { result } = await call({ name, arguments: {} })
      t.equal(result?.resultType, 'input_required')
      const [key = '', question] = Object.entries(result?.inputRequests ?? {})[0] ?? []
      t.match(question, {
        method: 'elicitation/create',
        params: { message: `${server}: Which city?` }
      })
      const requestState = String(result?.requestState)
      const inputResponses = { [key]: { action: 'accept', content: { city: 'Oslo' } } }
      const whole = { name, arguments: {}, inputResponses, requestState }
      const isOpen = server === 'v2'

      const wrong: readonly (readonly [string, Json, KeyName?])[] = [
        ['another caller', whole, 'narrow'],
        ['other arguments', { ...whole, arguments: { seat: 2 } }],
        ['another tool', { ...whole, name: `${server}__wait` }],
        ['a forged state', { ...whole, requestState: `${requestState.slice(0, -2)}AA` }],
        ['a state of its own', { ...whole, requestState: 'v1.mine' }]
      ]
      for (const [what, params, who] of wrong) {
        const { error } = await call(params, who)
        t.match(error, { code: -32602, message: /requestState/ }, what)
      }
      t.match(await call(whole), { result: { content: [{ text: 'accept Oslo' }] } })
      const again = await call(whole)
      if (isOpen) t.match(again, { result: { content: [{ text: 'accept Oslo' }] } })
      else t.match(again, { result: { isError: true, content: [{ text: /no longer open/ }] } })
    }
  )
}
