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
