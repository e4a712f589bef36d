import { execFileSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'

/** Where and when a run was made. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly node: string
  /** Load averages of 1, 5 and 15 minutes at the start. */
  readonly load: readonly number[]
  readonly date: string
  readonly commit: string
}

export function describeMachine(): Machine {
  const [first] = cpus()
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    load: loadavg().map((value) => Math.round(value * 100) / 100),
    date: new Date().toISOString(),
    commit: readCommit()
  }
}

function readCommit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    const isClean = git('status', '--porcelain') === ''
    return `${git('rev-parse', '--short', 'HEAD')}${isClean ? '' : ' with changes'}`
  } catch {
    return 'unknown'
  }
}
