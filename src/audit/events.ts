import type { AuditEventName } from '../audit.ts'

/** What the audit calls each method that has a record of its own. */
export const auditEvents: ReadonlyMap<string, AuditEventName> = new Map([
  ['tools/call', 'TOOL_EXECUTE'],
  ['resources/read', 'RESOURCE_READ'],
  ['prompts/get', 'PROMPT_GET']
])
