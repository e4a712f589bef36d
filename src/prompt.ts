import type { CallContext, Content, InputRequired, Suggest } from './types.ts'

export interface PromptArgument {
  readonly name: string
  readonly description: string
  readonly required: boolean
  /** Suggestions for `completion/complete`. */
  readonly complete?: readonly string[]
}

export interface PromptMessage {
  readonly role: 'user' | 'assistant'
  readonly content: Content
}

export type PromptResult =
  | { readonly description?: string; readonly messages: readonly PromptMessage[] }
  | InputRequired

export interface PromptDefinition {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly arguments: readonly PromptArgument[]
  /** Suggests in place of the arguments' own lists. */
  readonly suggest?: Suggest
  readonly scopes: readonly string[]
  get(args: ReadonlyMap<string, string>, ctx: CallContext): PromptResult | Promise<PromptResult>
}
