import type { PromptDefinition } from './prompt.ts'
import type { Upstream } from './readiness.ts'
import type { ResourceDefinition, ToolDefinition } from './types.ts'

/**
 * What every kind of provider returns: code, a REST API, another MCP server. One that changes while
 * it runs stays the same object, has other definitions, and tells; so it must not be spread.
 */
export interface Source {
  readonly tools: readonly ToolDefinition[]
  readonly resources?: readonly ResourceDefinition[]
  readonly prompts?: readonly PromptDefinition[]
  /** Named selections beside each tool's own `toolset`, such as `finance.core`. */
  readonly toolsets?: ReadonlyMap<string, readonly string[]>
  /** The API behind it, when there is one. */
  readonly upstream?: Upstream
  /**
   * Who defines the tools, by its name in the configuration, when that is a document or a server
   * outside: such definitions can be pinned.
   */
  readonly definedBy?: string
  /** Names of tools that may come later begin so. */
  readonly toolPrefix?: string
  /**
   * Calls `listener` after what is offered has changed; with a URI, after the contents of that
   * resource have.
   */
  subscribe?(listener: (updated?: string) => void): void
  close(): Promise<void>
}
