/** A wrong setting: the message names it and says what would be right, never a secret's value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Why something failed, in one line. */
export function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return line
}
