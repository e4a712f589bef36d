import { type Audit, createAudit } from '../../src/audit.ts'
import { createPolicy } from '../../src/create-policy.ts'
import { createDispatcher, type Dispatcher } from '../../src/dispatch.ts'
import { createRegistry } from '../../src/registry.ts'
import { type Config, settingsSchema } from '../../src/settings.ts'
import type { Source } from '../../src/source.ts'

interface Options {
  readonly config?: Config
  readonly audit?: Audit
}

/** What every carrier calls, without a carrier; no limits and no audit unless they are given. */
export function dispatcherOf(source: Source, options: Options = {}): Dispatcher {
  const {
    config = settingsSchema.parse({ limits: { enabled: false } }),
    audit = createAudit({ enabled: false, args: 'none' }, { append() {} })
  } = options
  return createDispatcher(createRegistry([source]), createPolicy(config, audit))
}
