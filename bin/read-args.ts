import { ConfigError } from '../src/config-error.ts'

/** Reads `--args`; nothing means no arguments. Throws a ConfigError that shows the example. */
export function readArgs(text: string | undefined, example: string): unknown {
  try {
    return JSON.parse(text ?? '{}')
  } catch (cause) {
    throw new ConfigError(`--args: must be JSON, such as '${example}'`, { cause })
  }
}
