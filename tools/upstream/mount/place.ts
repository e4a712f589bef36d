import type { JsonSchema, Log } from '../../../src/types.ts'
import type { Check } from '../../outside/schema/validate.ts'
import type { UpstreamConnection } from '../connection.ts'
import type { Conversations } from './conversation/conversations.ts'
import type { Names } from './names.ts'

/** What everything that is mounted from one server shares. */
export interface Place {
  readonly connection: UpstreamConnection
  readonly conversations: Conversations
  readonly names: Names
  readonly log: Log
  readonly compile: (schema: JsonSchema) => Check
  /** Deadline of a call; undefined: that of every tool. */
  readonly timeoutMs?: number
  /** Has the server tell when a resource of its changes. */
  readonly watch: (original: string) => void
  /** True for names and URIs of the server that the operator lets through. */
  readonly permits: (original: string) => boolean
}
