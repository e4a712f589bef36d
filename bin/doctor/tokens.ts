import { reasonOf } from '../../src/config-error.ts'
import { NoKeySet, openRemoteKeys } from '../../src/identity/jwks.ts'
import { resolveIssuer, type TokenIssuer } from '../../src/identity/jwt.ts'
import type { Config } from '../../src/settings.ts'
import { type Check, type Finding, fail, type Patient, pass, served, skip, warn } from './check.ts'
import { silentLog } from './silent-log.ts'

/** Tokens are good for 30 s longer or shorter, no more. */
const maxSkewMs = 30_000

async function checkTokens({ auth }: Config, { machine }: Patient): Promise<Finding> {
  let issuer: TokenIssuer | undefined
  try {
    issuer = resolveIssuer(auth.jwt)
  } catch (error) {
    return fail(reasonOf(error), 'set all of MCP_JWT_ISSUER, MCP_JWT_AUDIENCE and MCP_JWKS_URI')
  }
  return issuer ? fetchKeys(issuer, machine.nowMs) : skip('no identity provider is configured')
}

async function fetchKeys({ jwksUri }: TokenIssuer, nowMs: number): Promise<Finding> {
  const { origin } = new URL(jwksUri)
  let date = ''
  try {
    const keys = await openRemoteKeys(jwksUri, silentLog, async (url, init) => {
      const response = await fetch(url, init)
      date = response.headers.get('date') ?? ''
      return response
    })
    await keys.load()
  } catch (error) {
    const says = error instanceof NoKeySet ? error.message : `cannot be reached: ${causeOf(error)}`
    return fail(
      `${origin} ${says}; its tokens would be refused`,
      'correct MCP_JWKS_URI, or open the way to it in firewall and NetworkPolicy'
    )
  }
  const skewMs = Math.abs(Date.parse(date) - nowMs)
  if (skewMs <= maxSkewMs || Number.isNaN(skewMs)) return pass(`${origin} publishes its keys`)
  return warn(
    `${origin} and this machine differ by ${Math.round(skewMs / 1000)} s: tokens may be refused`,
    'timedatectl set-ntp true, or start the time service of the machine'
  )
}

/** `fetch` hides the reason behind "fetch failed"; a code tells it without the address. */
function causeOf(error: unknown): string {
  const { cause } = error as Error
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? reasonOf(cause ?? error)
}

export const tokenChecks: readonly Check[] = [{ id: 'auth.jwt', run: served(checkTokens) }]
