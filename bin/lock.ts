import { existsSync } from 'node:fs'
import { hintAt } from '../src/catalogue/nearest.ts'
import { ConfigError, reasonOf } from '../src/config-error.ts'
import { compileGlob } from '../src/glob.ts'
import { acceptDifferences, compareTools, type Difference } from '../src/lock/lock-diff.ts'
import {
  countDifferences,
  formatDifferences,
  formatSilent,
  toJsonReport
} from '../src/lock/lock-report.ts'
import { changeToolsLock, readToolsLock, type ToolsLock } from '../src/lock/tools-lock.ts'
import { describeLockError } from '../src/lock/watched-lock.ts'
import type { Config } from '../src/settings.ts'
import type { CommandLine } from './command-line.ts'
import { type Offer, readOffer, waitForAnswers } from './lock-offer.ts'
import { findLock } from './open-lock.ts'
import { withSources } from './with-sources.ts'

/**
 * `lock diff`: what differs from the approved definitions; `lock approve`: accepts it. Returns the
 * exit code: 1 when `lock diff` has found something, or could not look everywhere.
 */
export function runLock(config: Config, line: CommandLine): Promise<number> {
  const [verb, ...names] = line.words
  if (verb !== 'approve' && (verb !== 'diff' || names.length > 0)) {
    throw new ConfigError('lock: use lock diff [--json], or lock approve [NAMES]')
  }
  const { file } = findLock(config, line.configFile)
  return withSources(config, async ({ sources, print }) => {
    await waitForAnswers(sources)
    const offer = readOffer(sources, config)
    if (verb === 'approve') {
      await print(await approve(file, offer, names))
      return 0
    }
    const differences = compareTools(await readLock(file), offer.tools, offer.isAsked)
    const { silent } = offer
    await print(line.json ? toJsonReport(differences, silent) : describe(file, differences, silent))
    return differences.length + silent.length === 0 ? 0 : 1
  })
}

async function readLock(file: string): Promise<ToolsLock> {
  if (!existsSync(file)) return new Map()
  return withFile(file, async () => readToolsLock(file))
}

async function approve(file: string, offer: Offer, names: readonly string[]): Promise<string> {
  let accepted: readonly Difference[] = []
  let left = 0
  await withFile(file, () =>
    changeToolsLock(file, (before = new Map()) => {
      const differences = compareTools(before, offer.tools, offer.isAsked)
      const known = [...before.keys(), ...offer.tools.map(({ definition }) => definition.name)]
      accepted = choose(differences, names, known)
      left = differences.length - accepted.length
      return acceptDifferences(before, accepted)
    })
  )
  const what = accepted.length === 0 ? 'nothing new' : countDifferences(accepted)
  const rest = left === 0 ? '' : ` ${left} left: see mcp-server lock diff.`
  const approved = `${formatDifferences(accepted)}Approved in ${file}: ${what}.${rest}\n`
  return approved + formatSilent(offer.silent)
}

/** Those of these names or globs; all of them without any. Throws for a name that nothing has. */
function choose(
  differences: readonly Difference[],
  globs: readonly string[],
  known: readonly string[]
): readonly Difference[] {
  if (globs.length === 0) return differences
  const matchers = globs.map((glob) => {
    const matches = compileGlob(glob)
    if (known.some(matches)) return matches
    throw new ConfigError(`lock approve: no tool is called ${glob}${hintAt(glob, known)}`)
  })
  return differences.filter(({ name }) => matchers.some((matches) => matches(name)))
}

function describe(
  file: string,
  differences: readonly Difference[],
  silent: readonly string[]
): string {
  const missing = existsSync(file) ? '' : `${file} is not there: nothing is pinned yet.\n`
  const summary =
    differences.length === 0
      ? `Nothing differs from ${file}.\n`
      : `${countDifferences(differences)}. Accept with mcp-server lock approve [NAMES].\n`
  return missing + formatDifferences(differences) + summary + formatSilent(silent)
}

async function withFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : describeLockError(file, reasonOf(cause), cause)
  }
}
