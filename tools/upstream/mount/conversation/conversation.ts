import { isRecord } from '../../../../src/json.ts'
import type { CallContext, InputRequest } from '../../../../src/types.ts'
import type {
  ForwardedMethod,
  Message,
  ServerRequest,
  UpstreamCall,
  UpstreamConnection
} from '../../connection.ts'
import { maxQuestions, readCapabilities, readQuestion } from './question.ts'

/** A request to pass on. */
export interface Forwarded {
  readonly method: ForwardedMethod
  readonly params: Message
  readonly tool?: Message
}

interface Asked {
  readonly inputRequests: Readonly<Record<string, InputRequest>>
}

/** One request to a server, over as many rounds as it takes. */
export interface Conversation {
  /** Goes on to the result or to the next questions; stops with the round's own signal. */
  next(ctx: CallContext): Promise<{ readonly result: Message } | Asked>
  answer(responses: Readonly<Record<string, unknown>>): void
  stop(): void
}

export function startConversation(
  connection: UpstreamConnection,
  { method, params, tool }: Forwarded,
  started: CallContext,
  caller: string
): Conversation {
  const stopping = new AbortController()
  const questions = createQuestions(connection.name, started)
  let current = started
  const capabilities = readCapabilities(started)
  const call: UpstreamCall = {
    signal: stopping.signal,
    caller,
    capabilities,
    ...(started.traceparent !== undefined && { traceparent: started.traceparent }),
    ...(Object.keys(capabilities).length > 0 && { answer: questions.ask })
  }
  const work = connection.use(call, (client) =>
    client.request(method, params, {
      ...(tool && { tool }),
      ...(started.wantsProgress && {
        onProgress: ({ progress, total, message }) => current.progress(progress, total, message)
      })
    })
  )
  // While the call is parked nobody listens.
  work.catch(() => {})

  return {
    async next(ctx) {
      current = ctx
      const stop = (): void => stopping.abort(ctx.signal.reason)
      if (ctx.signal.aborted) stop()
      ctx.signal.addEventListener('abort', stop, { once: true })
      try {
        const first = await Promise.race([work, questions.asked()])
        return first === 'asked' ? questions.put() : { result: first }
      } finally {
        ctx.signal.removeEventListener('abort', stop)
      }
    },
    answer: questions.answer,
    stop: () => stopping.abort(new Error('nobody waits for this call any more'))
  }
}

interface Question {
  readonly request: InputRequest
  readonly resolve: (response: Message) => void
  readonly reject: (reason: unknown) => void
  isPut: boolean
}

/** What a 2025-era server asks within a call, until the client's rounds bring the answers. */
function createQuestions(server: string, ctx: CallContext) {
  const open = new Map<string, Question>()
  let wake: () => void = () => {}
  let count = 0
  const waiting = (): readonly [string, Question][] => [...open].filter(([, { isPut }]) => !isPut)

  return {
    /** Throws when the client cannot be asked this: the server hears that, and goes on without. */
    async ask(asked: ServerRequest, signal: AbortSignal): Promise<Message> {
      const request = readQuestion(asked, server, ctx)
      if (open.size >= maxQuestions) throw new Error('too many questions at once')
      return new Promise((resolve, reject) => {
        const key = `question${++count}`
        open.set(key, { request, resolve, reject, isPut: false })
        const give = (): void => void (open.delete(key) && reject(signal.reason))
        signal.addEventListener('abort', give, { once: true })
        wake()
      })
    },
    /** Resolves when there is something to put. */
    asked: () =>
      new Promise<'asked'>((resolve) => {
        wake = () => resolve('asked')
        if (waiting().length > 0) wake()
      }),
    put(): Asked {
      const put = waiting()
      for (const [, question] of put) question.isPut = true
      return { inputRequests: Object.fromEntries(put.map(([key, { request }]) => [key, request])) }
    },
    answer(responses: Readonly<Record<string, unknown>>): void {
      for (const [key, { resolve, reject, isPut }] of open) {
        if (!isPut) continue
        open.delete(key)
        const response = Object.hasOwn(responses, key) ? responses[key] : undefined
        if (isRecord(response)) resolve(response)
        else reject(new Error('not answered'))
      }
    }
  }
}
