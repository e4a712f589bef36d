import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tally } from './ledger.ts'
import { type System, type SystemOptions, startSystem } from './system.ts'

/** One line of the fault matrix. */
export interface Row {
  readonly id: string
  readonly fault: string
  readonly expected: string
  /** Quick enough for the tests. */
  readonly isQuick?: boolean
  /** Says why it cannot run here. */
  readonly missing?: () => string | undefined
  /** Brings the fault about; returns what was seen. */
  run(stage: Stage): Promise<string | Seen>
}

interface Seen {
  readonly seen: string
  readonly tally: Tally
}

/** What a row works with; everything it started ends with it. */
export interface Stage {
  readonly isFull: boolean
  readonly folder: string
  /** The size of the short form, or that of the matrix. */
  size(short: number, full: number): number
  /** What does not hold is the row's failure. */
  expect(holds: boolean, what: string): void
  /** Figures of time hold on a quiet machine only: the short form does not judge by them. */
  expectTime(holds: boolean, what: string): void
  defer(end: () => unknown): void
  start(options?: Omit<SystemOptions, 'folder'>): Promise<System>
}

export interface Result {
  readonly row: Row
  readonly seen: string
  readonly failures: readonly string[]
  readonly tally?: Tally
  readonly tookMs: number
  /** Why it did not run. */
  readonly skipped?: string
}

export async function runRow(row: Row, isFull: boolean): Promise<Result> {
  const skipped = row.missing?.()
  if (skipped !== undefined) return { row, seen: '', failures: [], tookMs: 0, skipped }
  const startedMs = performance.now()
  const failures: string[] = []
  const ends: (() => unknown)[] = []
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-faults-'))
  const expect = (holds: boolean, what: string): void => {
    if (!holds) failures.push(what)
  }
  const stage: Stage = {
    isFull,
    folder,
    size: (short, full) => (isFull ? full : short),
    expect,
    expectTime: (holds, what) => expect(holds || !isFull, what),
    defer: (end) => ends.push(end),
    async start(options = {}) {
      const system = await startSystem({ folder, ...options })
      ends.push(async () => {
        system.agent.destroy()
        system.target.child.kill('SIGKILL')
        await system.target.ended
      })
      return system
    }
  }
  const outcome = await row.run(stage).catch((error: Error) => {
    failures.push(`could not be run: ${error.message}`)
    return ''
  })
  for (const end of ends.reverse()) await end()
  rmSync(folder, { recursive: true, force: true })
  const tookMs = performance.now() - startedMs
  if (typeof outcome === 'string') return { row, seen: outcome, failures, tookMs }
  return { row, seen: outcome.seen, tally: outcome.tally, failures, tookMs }
}

/** What holds in every row: nothing answered without its line, nothing written twice. */
export function expectWhole({ expect }: Stage, tally: Tally): void {
  expect(tally.unrecorded === 0, `${tally.unrecorded} answered without exactly one audit line`)
  expect(tally.audited[2] === 0, `${tally.audited[2]} with several audit lines`)
}
