import { addressChecks } from './address.ts'
import { apiChecks } from './apis.ts'
import { auditChecks } from './audit.ts'
import { byHandChecks } from './by-hand.ts'
import type { Check } from './check.ts'
import { configurationChecks } from './configuration.ts'
import { credentialChecks } from './credentials.ts'
import { exposureChecks } from './exposure.ts'
import { limitChecks } from './limits.ts'
import { machineChecks } from './machine.ts'
import { networkChecks } from './network.ts'
import { sourceChecks } from './sources.ts'
import { tokenChecks } from './tokens.ts'

/** Everything that `doctor` looks at, in the order of its report. */
export const checks: readonly Check[] = [
  ...configurationChecks,
  ...addressChecks,
  ...exposureChecks,
  ...credentialChecks,
  ...tokenChecks,
  ...apiChecks,
  ...sourceChecks,
  ...networkChecks,
  ...limitChecks,
  ...auditChecks,
  ...machineChecks,
  ...byHandChecks
]
