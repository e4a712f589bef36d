export { z } from 'zod'
export { defineTool, ToolError } from './src/define-tool.ts'
export type {
  CallContext,
  CallResult,
  Content,
  InputRequired,
  Principal,
  ToolAnnotations,
  ToolDefinition,
  ToolResult
} from './src/types.ts'
export type { LocalServer, RemoteServer, ServerAuth } from './tools/upstream/configuration/entry.ts'
export type { ConfigurationIssue } from './tools/upstream/configuration/issue.ts'
export { resolveAndCheck } from './tools/upstream/configuration/resolve.ts'
export { readServers } from './tools/upstream/configuration/servers.ts'
export {
  type ValidationResult,
  validateConfigurationSecurity
} from './tools/upstream/configuration/validate.ts'
