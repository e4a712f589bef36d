import { setTimeout as wait } from 'node:timers/promises'

/** Resolves once the condition holds; for what announces itself in a file or a log only. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string
): Promise<void> {
  const endMs = Date.now() + 20_000
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`never happened: ${what}`)
    await wait(5)
  }
}
