import { isRecord } from '../../src/json.ts'
import { Unsupported } from '../outside/schema/schema.ts'
import { createCompiler } from '../outside/schema/validate.ts'
import { cleanLine } from '../outside/text.ts'
import type { ApiDocument } from './document/document.ts'
import { type Candidate, listOperations } from './operations.ts'
import { annotationsOf, planTool } from './tool.ts'

export type Grade = 'full' | 'degraded' | 'refused'

export interface GradedOperation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly grade: Grade
  /** Why it is not full. */
  readonly reasons: readonly string[]
  /** Name of its tool, unless it is refused. */
  readonly tool?: string
}

export interface Scorecard {
  readonly title: string
  readonly version: string
  readonly operations: readonly GradedOperation[]
  readonly totals: Readonly<Record<Grade | 'operations', number>>
  /** Size of `tools/list` with every tool that is not refused, writes included. */
  readonly toolsListBytes: number
}

const noCredential = { headers: new Set<string>(), queries: new Set<string>() }

/**
 * Grades every operation of a loaded document by what a tool can send of it: `full`, `degraded`
 * when something optional is left out, `refused` when it would not be exact. Writes and deprecated
 * operations are graded as if they were switched on.
 */
export function checkDocument(document: ApiDocument): Scorecard {
  const candidates = listOperations(document, { overrides: {}, owned: noCredential })
  const compile = createCompiler()
  const items: string[] = []
  const operations = candidates.map((candidate) => {
    const { graded, wire } = grade(candidate, compile)
    if (wire !== undefined) items.push(wire)
    return graded
  })
  const count = (wanted: Grade) => operations.filter((each) => each.grade === wanted).length
  const info = isRecord(document.info) ? document.info : {}
  return Object.freeze({
    title: cleanLine(info.title, 200) || '(untitled)',
    version: cleanLine(String(info.version ?? ''), 60),
    operations: Object.freeze(operations),
    totals: Object.freeze({
      operations: operations.length,
      full: count('full'),
      degraded: count('degraded'),
      refused: count('refused')
    }),
    toolsListBytes: Buffer.byteLength(`{"tools":[${items.join(',')}]}`)
  })
}

interface Result {
  readonly graded: GradedOperation
  /** The tool as `tools/list` shows it. */
  readonly wire?: string
}

function grade(candidate: Candidate, compile: ReturnType<typeof createCompiler>): Result {
  const { id, method, path, name } = candidate
  try {
    const { operation, inputSchema, answer, notes } = planTool(candidate, compile)
    const { title, description } = operation
    const wire = JSON.stringify({
      name,
      title,
      description,
      inputSchema,
      ...(answer?.outputSchema && { outputSchema: answer.outputSchema }),
      annotations: { title, ...annotationsOf(method) }
    })
    const result = notes.length === 0 ? ('full' as const) : ('degraded' as const)
    return { graded: { id, method, path, grade: result, reasons: notes, tool: name }, wire }
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error
    return { graded: { id, method, path, grade: 'refused', reasons: [error.message] } }
  }
}

/** The scorecard as text: the totals first, then every operation that is not full. */
export function formatScorecard(card: Scorecard): string {
  const { title, version, totals, toolsListBytes } = card
  const share = totals.operations === 0 ? 0 : Math.floor((100 * totals.full) / totals.operations)
  const lines = [
    `${title} ${version}`.trim(),
    `${totals.operations} operations: ${totals.full} full (${share} %), ${totals.degraded} degraded, ${totals.refused} refused`,
    `tools/list with all of them: ${toolsListBytes} bytes`
  ]
  for (const { id, method, path, grade, reasons } of card.operations) {
    if (grade === 'full') continue
    const name = id === `${method} ${path}` ? id : `${id} (${method} ${path})`
    lines.push('', `${grade.padEnd(9)} ${cleanLine(name, 300)}`)
    lines.push(...reasons.map((reason) => `          - ${reason}`))
  }
  return `${lines.join('\n')}\n`
}
