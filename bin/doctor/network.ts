import { accessSync, constants } from 'node:fs'
import type { Config } from '../../src/settings.ts'
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

const proxyVariable = /^(?:https?|all)_proxy$/i

/** Of a value only that there is one: it may hold a password. */
function checkProxies({ api, apis, auth }: Config, { env }: Patient): Finding {
  const names = Object.keys(env).filter((name) => proxyVariable.test(name) && env[name] !== '')
  if (names.length === 0) return pass('no proxy for outgoing requests')
  const says = `${names.toSorted().join(', ')}: requests to APIs go out directly all the same`
  const isCalling =
    apis.length > 0 ||
    [api.openapi, api.baseUrl, ...Object.values(auth.jwt)].some((value) => value !== undefined)
  if (!isCalling) return pass(`${says}; there are none`)
  return warn(says, 'unset it for this process, and open the way to the APIs in the firewall')
}

function checkTls({ env }: Patient): Finding {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return pass('certificates are verified')
  return fail(
    'NODE_TLS_REJECT_UNAUTHORIZED=0: no certificate is verified, by anything in this process',
    'unset it; NODE_EXTRA_CA_CERTS=/etc/ssl/own-ca.pem for a certificate authority of your own'
  )
}

function checkAuthorities({ env }: Patient): Finding {
  const file = env.NODE_EXTRA_CA_CERTS ?? ''
  if (file === '') return skip('only the certificate authorities that Node knows')
  try {
    accessSync(file, constants.R_OK)
    return pass(`${file} is readable`)
  } catch {
    return fail(
      `${file} (NODE_EXTRA_CA_CERTS) cannot be read, and Node goes on without it`,
      'correct the path, or make the file readable for the server'
    )
  }
}

export const networkChecks: readonly Check[] = [
  { id: 'proxy.environment', run: configured(checkProxies) },
  { id: 'tls.verification', run: checkTls },
  { id: 'tls.authorities', run: checkAuthorities }
]
