import type { Writable } from 'node:stream'

/** What a line transport needs of its output. */
export type LineOutput = Pick<Writable, 'write' | 'on' | 'writableLength'>

/**
 * Hands out the real stdout and sends everybody else, `console` included, to stderr. To be called
 * before any module of a user is loaded.
 */
export function takeStdout(): LineOutput {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write
  return {
    write: write as LineOutput['write'],
    on: stdout.on.bind(stdout) as LineOutput['on'],
    get writableLength() {
      return stdout.writableLength
    }
  }
}
