import { ConfigError, reasonOf } from '../../src/config-error.ts'
import { createSecretFilter } from '../../src/output/secret-filter.ts'
import { listSecrets } from '../../src/settings/secrets.ts'
import type { CommandLine } from '../command-line.ts'
import { load, readConfigFile } from '../load-config.ts'
import { readReference } from '../output.ts'
import { ownTerminal, type Terminal } from '../terminal.ts'
import { type Check, fail, type Patient } from './check.ts'
import { checks } from './checks.ts'
import { readMachine } from './machine.ts'
import { countRows, formatJson, formatText, type Row } from './report.ts'

/** What a patient lives in; a test has its own. */
type Surroundings = Pick<Patient, 'env' | 'machine'>

/**
 * `doctor`: looks at configuration and surroundings, changes nothing and starts nothing. Returns the
 * exit code: 1 when something fails.
 */
export async function runDoctor(
  line: CommandLine,
  { env, machine }: Surroundings = { env: process.env, machine: readMachine() },
  { out }: Terminal = ownTerminal
): Promise<number> {
  if (line.words.length > 0) throw new ConfigError('doctor: use doctor [--config FILE] [--json]')
  const patient = { env, machine, ...(await admit(line, env)) }
  const rows = (await Promise.all(checks.map((check) => examine(check, patient)))).flat()
  const secrets = patient.config ? listSecrets(patient.config, readReference) : []
  // The findings hold none; should one ever do, it stays in here.
  const { clean } = createSecretFilter(secrets)
  out(clean(line.json ? formatJson(rows) : formatText(rows)))
  return countRows(rows).fail > 0 ? 1 : 0
}

async function admit(
  line: CommandLine,
  env: Patient['env']
): Promise<Omit<Patient, keyof Surroundings>> {
  const { configFile: path } = line
  try {
    const { config, warnings } = await load(line, env)
    const file = path === undefined ? undefined : { path, content: await readConfigFile(path) }
    return { config, warnings, ...(file && { file }) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { refusal: error.message, warnings: [] }
  }
}

async function examine({ id, run }: Check, patient: Patient): Promise<readonly Row[]> {
  try {
    return [await run(patient)].flat().map((finding) => ({ id, ...finding }))
  } catch (error) {
    return [{ id, ...fail(`could not be examined: ${reasonOf(error)}`, 'report this') }]
  }
}
