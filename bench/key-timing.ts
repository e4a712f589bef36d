import { randomInt } from 'node:crypto'
import { acceptKey, createAuthenticate, indexKeys, namedKey } from '../src/auth.ts'
import { sealKey } from '../src/identity/api-key.ts'
import { mean, welchT } from './statistics.ts'

/*
 * Does the time of a refusal tell how much of a wrong key was right? Wrong keys that begin with 0,
 * 16 or 40 characters of real ones are judged in random order, one at a time, beside keys that
 * begin with as many characters of decoys, which are no keys at all. Every beginning has a time of
 * its own (processors get used to texts), so the mean of a beginning is one observation: Welch's t
 * compares the means of real ones with those of decoys. |t| over 4.5 counts as a difference, as in
 * dudect. A comparison that stops at the first difference goes through the same mill: if that one
 * is not found out, the mill is no good.
 */

const samplesPerText = Number(process.env.SAMPLES ?? 4000)
const shared = [0, 16, 40] as const
const textCount = 40
const secretLength = 43
const threshold = 4.5
const chunkSize = 200
const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

type Judge = (presented: string) => unknown
/** Makes a wrong key that begins with so many characters of a secret. */
type Forge = (secret: string, kept: number) => string
/** The wrong keys with one beginning. */
interface Group {
  readonly isReal: boolean
  readonly secret: string
  readonly times: number[]
}

/** The same work whatever is kept, so that only the comparison can make a difference. */
function replaceRest(secret: string, kept: number): string {
  const bytes = Buffer.from(secret, 'latin1')
  for (let index = 0; index < bytes.length; index++) {
    const letter = letters.charCodeAt(randomInt(letters.length))
    bytes[index] = index < kept ? (bytes[index] ?? 0) : letter
  }
  return bytes.toString('latin1')
}

/** The greatest |t| between real beginnings and decoys, over every length. */
function measure(name: string, judge: Judge, forge: Forge): number {
  const values = shared.map((kept) => {
    const groups = collect(judge, (secret) => forge(secret, kept))
    const limit = percentile95(groups.flatMap(({ times }) => times))
    // Without the slowest of all, which are interrupts and most of the noise.
    const means = (isReal: boolean): readonly number[] =>
      groups
        .filter((group) => group.isReal === isReal)
        .map(({ times }) => mean(times.filter((time) => time <= limit)))
    const [ofReal, ofDecoys] = [means(true), means(false)]
    const t = welchT(ofReal, ofDecoys)
    const shown = `${mean(ofReal).toFixed(1)} and ${mean(ofDecoys).toFixed(1)} ns`
    process.stdout.write(`${name}, ${kept} characters: ${shown}, t ${t.toFixed(2)}\n`)
    return Math.abs(t)
  })
  return Math.max(...values)
}

function collect(judge: Judge, forge: (secret: string) => string): readonly Group[] {
  const groups = [...secrets.slice(0, textCount), ...decoys].map(
    (secret, index): Group => ({ isReal: index < textCount, secret, times: [] })
  )
  const rounds = Math.ceil(samplesPerText / chunkSize)
  for (let round = -2; round < rounds; round++) {
    // In random order, and made in that order before the clock runs: even the place of a text in
    // memory can be measured.
    const samples = groups
      .flatMap((group) => Array.from({ length: chunkSize }, () => group))
      .map((group) => ({ group, order: Math.random() }))
      .sort((a, b) => a.order - b.order)
      .map(({ group }) => ({ group, presented: forge(group.secret) }))
    for (const { group, presented } of samples) {
      const startedNs = process.hrtime.bigint()
      judge(presented)
      const elapsedNs = Number(process.hrtime.bigint() - startedNs)
      // The first rounds warm the compiler up.
      if (round >= 0) group.times.push(elapsedNs)
    }
  }
  return groups
}

function percentile95(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.floor(sorted.length * 0.95)] ?? 0
}

/** What must not be written: equal lengths, then character by character until one differs. */
function createLeakyJudge(secrets: readonly string[]): Judge {
  return (presented) =>
    secrets.some((secret) => {
      for (let index = 0; index < secret.length; index++) {
        if (presented.charCodeAt(index) !== secret.charCodeAt(index)) return false
      }
      return presented.length === secret.length
    })
}

const makeSecrets = (count: number): readonly string[] =>
  Array.from({ length: count }, () => replaceRest('x'.repeat(secretLength), 0))
const secrets = makeSecrets(100)
const decoys = makeSecrets(textCount)
const table = indexKeys(
  [...secrets.map(sealKey), ...secrets].map((secret, index) =>
    acceptKey(secret, namedKey(`client-${index}`))
  )
)
const authenticate = createAuthenticate(() => table)
const forgeOwn: Forge = (secret, kept) => sealKey(replaceRest(secret, kept))

const worst = Math.max(
  measure('keys of ours', authenticate, forgeOwn),
  measure('keys of other makers', authenticate, replaceRest)
)
const control = measure('control', createLeakyJudge(secrets), replaceRest)
process.stdout.write(
  `${table.size} keys, ${samplesPerText} samples of each of ${2 * textCount} beginnings: ` +
    `greatest |t| ${worst.toFixed(2)}, control ${control.toFixed(2)}; ` +
    `a difference from ${threshold}\n`
)
if (worst > threshold || control <= threshold) process.exitCode = 1
