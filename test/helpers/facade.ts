import type { App, Line } from './app.ts'
import { type Answer, send } from './http.ts'
import { authHeaders, jsonHeaders } from './messages.ts'

type Headers = Readonly<Record<string, string>>

/** A client of the REST façade. */
export function createFacade(app: App) {
  return {
    get: (path: string, headers: Headers = authHeaders()): Promise<Answer> =>
      send(app.origin + path, { method: 'GET', headers }),
    post: (path: string, body: unknown, headers: Headers = jsonHeaders()): Promise<Answer> =>
      send(app.origin + path, { headers, body }),
    /** An answer with the audit lines of the calls behind it. */
    async newLines(work: () => Promise<Answer>): Promise<readonly [Answer, readonly Line[]]> {
      const before = app.audit('TOOL_EXECUTE').length
      const answer = await work()
      return [answer, app.audit('TOOL_EXECUTE').slice(before)]
    }
  }
}

export function bodyOf({ text }: Answer): Record<string, unknown> {
  return JSON.parse(text)
}
