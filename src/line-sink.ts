import { fstatSync } from 'node:fs'
import sonicBoom from 'sonic-boom'
import { ConfigError, reasonOf } from './config-error.ts'

/** Somewhere that lines are appended to. */
export interface LineSink {
  write(line: string): unknown
  /** Resolves when everything is written, or after `maxMs`. */
  flush(maxMs: number): Promise<void>
}

/** More than this unwritten, and lines are dropped and counted instead of kept. */
const maxUnwrittenBytes = 1_048_576

/**
 * Where log and audit lines go by default. A file takes each line at once; a pipe takes them as
 * its reader does, since a reader that stalls must not stop the server.
 */
export function openStandardError(): LineSink {
  return open({ fd: 2, sync: !isPipe(2) }, () => {})
}

/** Standard error for lines that may come together: a tenth of a second late, in fewer writes. */
export function openGatheredStandardError(): LineSink {
  return open({ fd: 2, sync: !isPipe(2), minLength: 4096, periodicFlush: 100 }, () => {})
}

/**
 * Opens a file for appending, created with mode 600; a line is written when `write` returns.
 * Throws a ConfigError naming the setting. Failures while running go to `report`.
 */
export function openLineFile(
  file: string,
  setting: string,
  report: (problem: string) => void
): LineSink {
  try {
    return open({ dest: file, append: true, mode: 0o600, sync: true }, (problem) =>
      report(`${setting}: ${problem}`)
    )
  } catch (cause) {
    throw new ConfigError(`${setting}: ${reasonOf(cause)}`, { cause })
  }
}

type Options =
  | { fd: number; sync: boolean; minLength?: number; periodicFlush?: number }
  | { dest: string; append: true; mode: number; sync: true }

function open(options: Options, report: (problem: string) => void): LineSink {
  const sink = new sonicBoom.SonicBoom({ ...options, maxLength: maxUnwrittenBytes })
  const reportNow = onceAMinute(report)
  // A closed standard error or a full disk must not end the server.
  sink.on('error', (error: Error) => reportNow(reasonOf(error)))
  sink.on('drop', () => reportNow('lines are dropped, the reader or the disk does not keep up'))
  return {
    write: (line) => sink.write(line),
    flush: (maxMs) =>
      new Promise((resolve) => {
        setTimeout(resolve, maxMs).unref()
        sink.flush(() => resolve())
      })
  }
}

function onceAMinute(report: (problem: string) => void): (problem: string) => void {
  let quietUntilMs = 0
  return (problem) => {
    if (performance.now() < quietUntilMs) return
    quietUntilMs = performance.now() + 60_000
    report(problem)
  }
}

function isPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd)
    return stat.isFIFO() || stat.isSocket()
  } catch {
    return false
  }
}
