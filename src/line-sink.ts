import sonicBoom from 'sonic-boom'
import { ConfigError, reasonOf } from './config-error.ts'

/** Somewhere that lines are appended to; written when `write` returns. */
export interface LineSink {
  write(line: string): unknown
}

/** Where log and audit lines go: standard error, never standard output. */
export function openStandardError(): LineSink {
  return open({ fd: 2 })
}

/** Opens a file for appending, created with mode 600. Throws a ConfigError naming the setting. */
export function openLineFile(file: string, setting: string): LineSink {
  try {
    return open({ dest: file, append: true, mode: 0o600 })
  } catch (cause) {
    throw new ConfigError(`${setting}: ${reasonOf(cause)}`, { cause })
  }
}

function open(options: { fd: number } | { dest: string; append: true; mode: number }): LineSink {
  const sink = new sonicBoom.SonicBoom({ ...options, sync: true })
  // A closed standard error or a full disk must not end the server.
  sink.on('error', () => {})
  return sink
}
