import t from 'tap'
import { createCancellation } from '../src/call/cancellation.ts'
import { converse } from '../src/call/converse.ts'
import { ToolError } from '../src/define-tool.ts'
import type { Ask, CallContext, CallResult, InputRequired } from '../src/types.ts'
import { createFakeUpstream, type SeenRequest } from './helpers/fake-upstream.ts'
import { contextOf, mount } from './helpers/mounted.ts'
import { until } from './helpers/until.ts'

/* What a server asks while it works: within the call (2025) or by its result (2026). */

const canElicit = { clientCapabilities: { elicitation: { form: {} } } }
const asks = {
  method: 'elicitation/create',
  params: { message: 'Which\u202e city?', requestedSchema: { type: 'object', properties: {} } }
} as const

async function mountAsking(era: 'legacy' | 'modern', answer: (request: SeenRequest) => unknown) {
  const fake = createFakeUpstream('docs', era)
  fake.lists.tools = [{ name: 'book', inputSchema: { type: 'object' } }]
  fake.answer = answer
  const mounted = await mount(fake)
  return {
    ...mounted,
    fake,
    book: (more: Partial<CallContext>) =>
      mounted.call('docs__book', { seat: 1 }, { ask: 'by-result', ...canElicit, ...more })
  }
}

/** A 2025-era server: it asks on its connection and goes on with the answer. */
async function askWithin({ call }: SeenRequest, times = 1): Promise<unknown> {
  const heard: unknown[] = []
  for (let round = 0; round < times; round++) {
    heard.push(await call.answer?.(asks, call.signal))
  }
  return { content: [{ type: 'text', text: JSON.stringify(heard) }] }
}

const oslo = { action: 'accept', content: { city: 'Oslo' } }

function questionOf(result: unknown): InputRequired & { readonly key: string } {
  const question = result as InputRequired
  const [key = ''] = Object.keys(question.inputRequests ?? {})
  return { ...question, key }
}

t.test('a question within the call becomes a round for the client', async (t) => {
  const { source, book, fake } = await mountAsking('legacy', (request) => askWithin(request, 2))
  t.teardown(() => source.close())
  const first = questionOf(await book({}))
  t.match(first.inputRequests?.[first.key], {
    method: 'elicitation/create',
    params: { message: 'docs: Which city?' }
  })
  const second = questionOf(
    await book({ inputResponses: { [first.key]: oslo }, requestState: first.state })
  )
  t.not(second.key, first.key)
  const result = await book({
    inputResponses: { [second.key]: { action: 'decline' } },
    requestState: second.state
  })
  t.match(result, { content: [{ text: JSON.stringify([oslo, { action: 'decline' }]) }] })
  t.equal(fake.seen.length, 1, 'one call for the server')
})

t.test('a question by result goes on with its own state and the answers', async (t) => {
  const { source, book, fake } = await mountAsking('modern', ({ params }) =>
    params.inputResponses
      ? { content: [{ type: 'text', text: JSON.stringify(params) }] }
      : { resultType: 'input_required', inputRequests: { city: asks }, requestState: 'opaque' }
  )
  t.teardown(() => source.close())
  const first = questionOf(await book({ meta: { 'com.example/a': 1 } }))
  t.strictSame(first.state, { upstream: 'opaque' })
  t.equal(first.key, 'city')
  await book({ inputResponses: { city: oslo }, requestState: first.state })
  t.strictSame(
    fake.seen.map(({ params }) => params),
    [
      { name: 'book', arguments: { seat: 1 }, _meta: { 'com.example/a': 1 } },
      {
        name: 'book',
        arguments: { seat: 1 },
        inputResponses: { city: oslo },
        requestState: 'opaque'
      }
    ]
  )
})

t.test('a server hears of no capability that the client did not declare', async (t) => {
  const { source, book, fake } = await mountAsking('legacy', () => ({ content: [] }))
  t.teardown(() => source.close())
  const rows: readonly [Partial<CallContext>, object][] = [
    [{}, { elicitation: { form: {} } }],
    [{ clientCapabilities: {} }, {}],
    [
      { clientCapabilities: { sampling: { tools: {} }, roots: {}, experimental: { x: {} } } },
      { sampling: { tools: {} }, roots: {} }
    ],
    [{ clientCapabilities: { sampling: true, elicitation: [] } as never }, {}],
    [{ ask: undefined }, {}]
  ]
  for (const [more, expected] of rows) {
    await book(more)
    const { call } = fake.seen.at(-1) as SeenRequest
    t.strictSame(call.capabilities, expected, JSON.stringify(more))
    t.equal(call.answer !== undefined, Object.keys(expected).length > 0)
    t.equal(call.caller, 'key:ann')
  }
})

t.test('what was not declared is not asked; the server hears so and goes on', async (t) => {
  const sampling = { method: 'sampling/createMessage', params: { messages: [] } } as const
  const { source, book } = await mountAsking('legacy', async ({ call }) => {
    const heard = await call.answer?.(sampling, call.signal).then(
      () => 'answered',
      () => 'refused'
    )
    return { content: [{ type: 'text', text: heard }] }
  })
  t.teardown(() => source.close())
  t.match(await book({}), { content: [{ text: 'refused' }] })
})

t.test('a mode that was not declared is not asked either', async (t) => {
  const url = { mode: 'url', message: 'Pay', url: 'https://pay.example/', elicitationId: '1' }
  const form = { message: 'Name', requestedSchema: { type: 'object', properties: {} } }
  const tools = { messages: [], maxTokens: 1, tools: [] }
  const rows: readonly (readonly [object, string, object, boolean])[] = [
    [{ elicitation: {} }, 'elicitation/create', url, false],
    [{ elicitation: { form: {} } }, 'elicitation/create', url, false],
    [{ elicitation: { url: {} } }, 'elicitation/create', url, true],
    [{ elicitation: { url: {} } }, 'elicitation/create', form, false],
    [{ elicitation: {} }, 'elicitation/create', form, true],
    [{ sampling: {} }, 'sampling/createMessage', tools, false],
    [{ sampling: { tools: {} } }, 'sampling/createMessage', tools, true]
  ]
  for (const [capabilities, method, params, isAsked] of rows) {
    const what = `${JSON.stringify(capabilities)} ${method}`
    const clientCapabilities = capabilities as CallContext['clientCapabilities']
    const within = await mountAsking('legacy', async ({ call }) => {
      const heard = await call
        .answer?.({ method, params } as never, call.signal)
        .catch(() => 'refused')
      return { content: [{ type: 'text', text: String(heard) }] }
    })
    const byResult = await mountAsking('modern', () => ({
      resultType: 'input_required',
      inputRequests: { it: { method, params } }
    }))
    for (const { book, source } of [within, byResult]) {
      const result = (await book({ clientCapabilities })) as object
      t.equal('inputRequests' in result, isAsked, what)
      await source.close()
    }
  }
})

t.test('nobody else can answer, and nobody twice', async (t) => {
  const { source, book } = await mountAsking('legacy', askWithin)
  t.teardown(() => source.close())
  const { key, state } = questionOf(await book({}))
  const answers = { inputResponses: { [key]: oslo }, requestState: state }
  const bob = { principal: { id: 'bob', kind: 'key' } as const }
  await t.rejects(book({ ...answers, ...bob }) as Promise<unknown>, ToolError)
  t.match(await book(answers), { content: [{ text: JSON.stringify([oslo]) }] })
  await t.rejects(book(answers) as Promise<unknown>, /no longer open/)
})

t.test('an answer that is left out is told to the server', async (t) => {
  const { source, book } = await mountAsking('legacy', (request) =>
    askWithin(request).catch(() => ({ content: [{ type: 'text', text: 'no answer' }] }))
  )
  t.teardown(() => source.close())
  const { state } = questionOf(await book({}))
  t.match(await book({ inputResponses: {}, requestState: state }), {
    content: [{ text: 'no answer' }]
  })
})

t.test('a call is stopped with its caller, in its first round and later', async (t) => {
  const stopped: string[] = []
  const { source, book, fake } = await mountAsking('legacy', async (request) => {
    const { signal } = request.call
    signal.addEventListener('abort', () => stopped.push('stopped'))
    if (fake.seen.length > 1) await askWithin(request)
    signal.throwIfAborted()
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  t.teardown(() => source.close())
  const first = new AbortController()
  const waiting = book({ signal: first.signal }) as Promise<unknown>
  await until(() => fake.seen.length === 1, 'the first call')
  first.abort(new Error('gone'))
  await t.rejects(waiting, /gone/)
  t.equal(stopped.length, 1)

  const { key, state } = questionOf(await book({}))
  t.equal(stopped.length, 1, 'a question leaves the call alone')
  const second = new AbortController()
  const resumed = book({
    signal: second.signal,
    inputResponses: { [key]: oslo },
    requestState: state
  }) as Promise<unknown>
  second.abort(new Error('gone, too'))
  await t.rejects(resumed, /gone, too/)
  t.equal(stopped.length, 2)

  questionOf(await book({})).abandon?.()
  t.equal(stopped.length, 3, 'a client that will not answer')
  await book({})
  await source.close()
  t.equal(stopped.length, 4, 'the end of the gateway')
})

t.test('open questions are bounded per caller', async (t) => {
  const { source, book } = await mountAsking('legacy', askWithin)
  t.teardown(() => source.close())
  for (let index = 0; index < 20; index++) questionOf(await book({}))
  await t.rejects(book({}) as Promise<unknown>, /Too many questions/)
  t.ok(questionOf(await book({ principal: { id: 'bob', kind: 'key' } })).key)
})

t.test('a question within a suggestion leaves no call behind', async (t) => {
  const { source, fake } = await mountAsking('legacy', askWithin)
  t.teardown(() => source.close())
  fake.lists.prompts = [{ name: 'ask' }]
  fake.tell({ kind: 'prompts' })
  await until(() => source.prompts?.length === 1, 'the prompt')
  const ctx = contextOf({ ask: 'by-result', ...canElicit })
  for (let index = 0; index < 25; index++) {
    const found = await source.prompts?.[0]?.suggest?.({ name: 'city', value: '' }, ctx)
    t.strictSame(found, { values: [] })
    t.ok(fake.seen.at(-1)?.call.signal.aborted)
  }
})

t.test('progress goes to the round that is on; it is asked for only when wanted', async (t) => {
  const { source, book, fake } = await mountAsking('legacy', async (request) => {
    request.options.onProgress?.({ progress: 1, total: 2, message: 'half' })
    const result = await askWithin(request)
    request.options.onProgress?.({ progress: 2 })
    return result
  })
  t.teardown(() => source.close())
  const told: unknown[] = []
  const listener = (round: string): Partial<CallContext> => ({
    wantsProgress: true,
    progress: (...progress) => told.push([round, ...progress])
  })
  const { key, state } = questionOf(await book(listener('first')))
  await book({ ...listener('second'), inputResponses: { [key]: oslo }, requestState: state })
  t.strictSame(told, [
    ['first', 1, 2, 'half'],
    ['second', 2, undefined, undefined]
  ])
  questionOf(await book({}))
  t.equal(fake.seen.at(-1)?.options.onProgress, undefined)
})

t.test('the trace goes on, the rest of the protocol stays', async (t) => {
  const { source, book, fake } = await mountAsking('modern', () => ({ content: [] }))
  t.teardown(() => source.close())
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await book({ traceparent })
  t.equal(fake.seen[0]?.call.traceparent, traceparent)
})

t.test('a client that refuses, or is asked without end, leaves no call behind', async (t) => {
  let stopped = 0
  const { source, book } = await mountAsking('legacy', (request) => {
    request.call.signal.addEventListener('abort', () => stopped++)
    return askWithin(request, 100)
  })
  t.teardown(() => source.close())
  const run = (ask: Ask) => {
    const cancellation = createCancellation()
    const ctx = { ...contextOf({ ...canElicit, ask }), cancellation, notes: {} }
    return converse<CallResult>(ctx, async (round) => {
      const value = (await book({ ...round, ask })) as CallResult
      return { outcome: 'ok', value }
    })
  }
  t.match(await run(() => Promise.reject(new Error('no'))), { outcome: 'failed' })
  t.equal(stopped, 1)
  const answerAll: Ask = async (requests) =>
    Object.fromEntries(Object.keys(requests).map((key) => [key, oslo]))
  t.match(await run(answerAll), { outcome: 'failed', error: { message: /too many questions/ } })
  t.equal(stopped, 2)
})
