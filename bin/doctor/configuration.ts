import { statSync } from 'node:fs'
import { findNearest } from '../../src/catalogue/nearest.ts'
import { listSettings } from '../../src/config.ts'
import { isRecord } from '../../src/json.ts'
import { sourcesOf } from '../../src/settings/setting.ts'
import {
  type Check,
  configured,
  type Finding,
  fail,
  type Patient,
  pass,
  skip,
  warn
} from './check.ts'

function checkLoads({ refusal, file }: Patient): Finding {
  if (refusal !== undefined) {
    return fail(refusal, 'correct what the line names; --help and the README list every setting')
  }
  return pass(file ? `${file.path} and the environment load` : 'the environment and flags load')
}

function checkAliases({ warnings }: Patient): readonly Finding[] {
  const found = warnings.flatMap((text) => {
    const [, says] = /^config\.alias_conflict: (.*)$/.exec(text) ?? []
    return says === undefined ? [] : [warn(says, 'set one of the two, or both to the same')]
  })
  return found.length > 0 ? found : [pass('no two variables for one setting disagree')]
}

const checkEnvironment = configured(({ env, transport }) => {
  if (env === 'production') return pass('production: weak settings are refused')
  if (transport === 'stdio') return pass('development, on stdio')
  return warn(
    'development: weak settings are only warned about',
    'MCP_ENV=production, once this server serves others'
  )
})

/** Variables with our prefix that nothing reads: misspelt, as a rule. */
function checkVariables({ env }: Patient): readonly Finding[] {
  const known = listSettings().flatMap(({ schema }) =>
    sourcesOf(schema).from.filter((source) => !source.startsWith('--'))
  )
  const unknown = Object.keys(env).filter((name) => /^MCP_/.test(name) && !known.includes(name))
  if (unknown.length === 0) return [pass('every MCP_ variable is a setting')]
  return unknown.toSorted().map((name) => {
    const nearest = findNearest(name, known)
    const mend = nearest === undefined ? `unset ${name}` : `${nearest} may be meant`
    return warn(`${name} is no setting: nothing reads it`, mend)
  })
}

/** Keys of a file that hold a secret, wherever they stand. */
const literalKeys = new Set(['token', 'password', 'clientSecret', 'auth_token'])

/** Dotted names of the secrets that a configuration file holds itself. */
function findLiterals(content: unknown): readonly string[] {
  const marked = new Set(
    listSettings()
      .filter(({ schema }) => sourcesOf(schema).secret)
      .map(({ key }) => key)
  )
  const found: string[] = []
  const walk = (value: unknown, path: readonly string[]): void => {
    const name = path.join('.')
    const isSecret = marked.has(name) || literalKeys.has(path.at(-1) ?? '')
    if (isSecret && [value].flat().some((text) => typeof text === 'string')) found.push(name)
    else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, [...path, String(index)])
    } else if (isRecord(value)) {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key])
    }
  }
  walk(content, [])
  return found
}

const groupAndWorld = 0o077

function checkSecrets({ file }: Patient): Finding {
  if (!file) return skip('no configuration file')
  const names = findLiterals(file.content)
  if (names.length === 0) return pass('the configuration file holds no secret')
  const says = `${file.path} holds secrets itself: ${names.join(', ')}`
  const isOpen = (statSync(file.path).mode & groupAndWorld) !== 0 && process.platform !== 'win32'
  const mend = 'write { env: NAME } or { file: PATH } in its place, and make a new secret'
  if (!isOpen) return warn(says, mend)
  return fail(`${says}; others on this machine may read it`, `chmod 600 ${file.path}; ${mend}`)
}

export const configurationChecks: readonly Check[] = [
  { id: 'config.loads', run: checkLoads },
  { id: 'config.aliases', run: checkAliases },
  { id: 'config.env', run: checkEnvironment },
  { id: 'config.variables', run: checkVariables },
  { id: 'config.secrets', run: checkSecrets }
]
