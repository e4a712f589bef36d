import { Agent } from 'node:http'
import {
  type Answer,
  authorization,
  echoText,
  hello,
  initialized,
  legacyVersion,
  post
} from './call.ts'

/** Calls the echo tool of one server, again and again as the same client. */
export interface Caller {
  /** Throws unless the answer has the echoed text. */
  call(): Promise<void>
  close(): Promise<void>
}

export interface SessionOptions {
  readonly port: number
  /** Connections at most. */
  readonly concurrency: number
  /** What `echo` is called there. */
  readonly tool: string
}

/** Opens a session of the 2025 era over streamable HTTP; all calls are made in it. */
export async function openSession(options: SessionOptions): Promise<Caller> {
  const { port, concurrency, tool } = options
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const target = { agent, port }
  const opened = await post(target, { authorization }, { id: 0, ...hello })
  const sessionId = opened.headers['mcp-session-id']
  if (opened.status !== 200 || typeof sessionId !== 'string') throw wrong(opened)
  const headers = {
    authorization,
    'mcp-session-id': sessionId,
    'mcp-protocol-version': legacyVersion
  }
  const accepted = await post(target, headers, initialized)
  if (accepted.status !== 202) throw wrong(accepted)

  let id = 0
  return {
    async call() {
      const answer = await post(target, headers, callOf(tool, ++id))
      if (answer.status !== 200 || !answer.text.includes(echoText)) throw wrong(answer)
    },
    close: async () => agent.destroy()
  }
}

/** One call of the echo tool, as the 2025 era writes it. */
export function callOf(tool: string, id: number): object {
  const params = { name: tool, arguments: { text: echoText } }
  return { id, method: 'tools/call', params }
}

function wrong({ status, text }: Answer): Error {
  return new Error(`wrong answer: ${status} ${text.slice(0, 300)}`)
}
