import { ConfigError, reasonOf } from '../../src/config-error.ts'
import { isConfidential } from '../../src/network.ts'
import type { ApiSettings } from '../../src/settings/api-settings.ts'
import type { Config } from '../../src/settings.ts'
import { readSecret } from '../../tools/credentials/read-secret.ts'
import { limitsOf, listApis } from '../../tools/load.ts'
import type { Probed } from '../../tools/openapi/probe.ts'
import { type Check, configured, type Finding, fail, pass, skip, warn } from './check.ts'
import { silentLog } from './silent-log.ts'

const deadlineMs = 10_000
const none = 'no API is mounted'

interface Api {
  readonly name: string
  readonly probed: Probed
  /** Undefined for an API without a document. */
  readonly settings?: ApiSettings
  readonly baseUrl: string | undefined
  readonly hasCredential: boolean
}

function listAll(config: Config): readonly Api[] {
  const mounted = listApis(config).map((settings) => ({
    name: settings.name,
    probed: { settings },
    settings,
    baseUrl: settings.baseUrl,
    hasCredential: settings.credential.mode !== 'none'
  }))
  const { baseUrl, openapi, token } = config.api
  if (baseUrl === undefined || openapi !== undefined) return mounted
  const hasCredential = token !== undefined
  return [...mounted, { name: 'shiftwork', probed: { baseUrl }, baseUrl, hasCredential }]
}

async function checkReachable(config: Config): Promise<readonly Finding[]> {
  const apis = listAll(config)
  if (apis.length === 0) return [skip(none)]
  return Promise.all(apis.map((api) => reach(api, config)))
}

async function reach({ name, probed }: Api, config: Config): Promise<Finding> {
  const { probeApi } = await import('../../tools/openapi/probe.ts')
  const { ExchangeFailure } = await import('../../tools/outside/exchange-failure.ts')
  try {
    const signal = AbortSignal.timeout(deadlineMs)
    const { origin, status } = await probeApi(probed, limitsOf(config), signal)
    if (status < 500) return pass(`${name}: ${origin} answers (${status})`)
    return warn(`${name}: ${origin} answers ${status}`, 'look at the log of that API')
  } catch (error) {
    const mend =
      error instanceof ExchangeFailure
        ? 'correct baseUrl (API_BASE_URL), start that API, or open the way to it'
        : 'mcp-server openapi check FILE|URL says more'
    return fail(`${name}: ${reasonOf(error)}`, mend)
  }
}

/** Makes each credential as the start would, and uses none. */
async function checkCredentials(config: Config): Promise<readonly Finding[]> {
  const apis = listAll(config).filter(({ hasCredential }) => hasCredential)
  if (apis.length === 0) return [skip('no API has a credential')]
  const { createCredential } = await import('../../tools/openapi/client/credential.ts')
  return apis.map(({ name, settings }) => {
    if (!settings) return pass(`${name}: API_AUTH_TOKEN is set`)
    const { credential } = settings
    try {
      createCredential({ api: name, credential, readSecret, log: silentLog, now: () => 0 })
      return pass(`${name}: ${credential.mode}, complete`)
    } catch (error) {
      const says = error instanceof ConfigError ? error.message : `${name}: ${reasonOf(error)}`
      return fail(says, `set what apis.${name}.credential refers to`)
    }
  })
}

function checkEncryption(config: Config): readonly Finding[] {
  const apis = listAll(config)
  if (apis.length === 0) return [skip(none)]
  const plain = apis.filter(
    ({ baseUrl }) => baseUrl !== undefined && !isConfidential(new URL(baseUrl))
  )
  if (plain.length === 0) return [pass('https, or on this machine')]
  return plain.map(({ name, hasCredential }) =>
    warn(
      `${name}: http beyond this machine${hasCredential ? ', and its credential goes along' : ''}`,
      'an https address in baseUrl (API_BASE_URL), or a network of their own for both'
    )
  )
}

export const apiChecks: readonly Check[] = [
  { id: 'api.reachable', run: configured(checkReachable) },
  { id: 'api.credential', run: configured(checkCredentials) },
  { id: 'api.encryption', run: configured(checkEncryption) }
]
