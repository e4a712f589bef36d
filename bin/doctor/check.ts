import type { Config } from '../../src/settings.ts'
import type { Machine } from './machine.ts'

/** `manual`: cannot be seen from here, somebody has to look. `skip`: does not apply. */
export type Status = 'pass' | 'warn' | 'fail' | 'skip' | 'manual'

/** What a check found. Never holds a secret. */
export interface Finding {
  readonly status: Status
  readonly says: string
  /** The command or setting that mends it. */
  readonly mend?: string
}

/** What is examined. */
export interface Patient {
  /** Undefined when the configuration does not load. */
  readonly config?: Config
  /** Why it does not. */
  readonly refusal?: string
  /** What the start would log as warnings. */
  readonly warnings: readonly string[]
  readonly file?: { readonly path: string; readonly content: unknown }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly machine: Machine
}

export type Findings = Finding | readonly Finding[]

export interface Check {
  /** The setting, where there is one. */
  readonly id: string
  run(patient: Patient): Findings | Promise<Findings>
}

export const pass = (says: string): Finding => ({ status: 'pass', says })
export const skip = (says: string): Finding => ({ status: 'skip', says })
export const warn = (says: string, mend: string): Finding => ({ status: 'warn', says, mend })
export const fail = (says: string, mend: string): Finding => ({ status: 'fail', says, mend })
export const manual = (says: string, mend: string): Finding => ({ status: 'manual', says, mend })

type Examine = (config: Config, patient: Patient) => Findings | Promise<Findings>

/** A check that needs a configuration. */
export function configured(examine: Examine): Check['run'] {
  return (patient) =>
    patient.config ? examine(patient.config, patient) : skip('needs a configuration that loads')
}

/** A check of what only a server on the network has. */
export function served(examine: Examine): Check['run'] {
  return configured((config, patient) =>
    config.transport === 'stdio' ? skip('stdio needs none of it') : examine(config, patient)
  )
}
