import type { Config } from '../src/settings.ts'
import type { Source } from '../src/source.ts'
import { loadSources } from '../tools/load.ts'
import { takeStdout } from '../transports/stdout.ts'
import { type Output, openOutput } from './output.ts'
import { guardStderr } from './stderr.ts'

/** What a command that ends by itself has to work with. */
export interface Loaded {
  readonly sources: readonly Source[]
  readonly output: Output
  /** Writes a part of the answer. */
  print(text: string): Promise<void>
}

/** Loads the sources for one command, keeps stdout for its answer, and closes everything after it. */
export async function withSources<T>(
  config: Config,
  work: (loaded: Loaded) => Promise<T>
): Promise<T> {
  // A module that prints while it is loaded must not mix with the answer.
  const stdout = takeStdout()
  // `| head` has seen enough; that is no failure.
  stdout.on('error', () => {})
  const print = (text: string): Promise<void> =>
    new Promise((resolve) => {
      stdout.write(text, () => resolve())
    })
  const output = openOutput(config)
  if (config.log.redact) guardStderr(output.secrets.clean)
  const sources = await loadSources(config, output.log)
  try {
    return await work({ sources, output, print })
  } finally {
    await Promise.all(sources.map((source) => source.close()))
    await output.flush(1000)
  }
}
