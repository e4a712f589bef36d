import type { SettingRow } from './setting-row.ts'
import { apiRows } from './settings-api.ts'
import { authRows } from './settings-auth.ts'
import { clientRows } from './settings-client.ts'
import { limitRows } from './settings-limits.ts'
import { servingRows } from './settings-serving.ts'

/** Every setting there is. */
export const settingRows: readonly SettingRow[] = [
  ...apiRows,
  ...clientRows,
  ...servingRows,
  ...authRows,
  ...limitRows
]

/** `a.b` and a value as the file that sets it. */
export function fileOf(key: string, value: unknown): Readonly<Record<string, unknown>> {
  const [first = '', ...others] = key.split('.')
  return { [first]: others.length === 0 ? value : fileOf(others.join('.'), value) }
}

/** The value of `a.b` in a configuration. */
export function valueAt(tree: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], tree)
}
