import type { Principal } from '../../src/types.ts'

/** `narrow` holds no scope, so it sees neither the tool nor the resource that needs one. */
export const principals = {
  full: { id: 'full', kind: 'key' },
  narrow: { id: 'narrow', kind: 'key', scopes: [] },
  tiny: { id: 'tiny', kind: 'key', tools: ['echo', 'fail'] },
  /** Its time is over. */
  expired: { id: 'expired', kind: 'key' }
} as const satisfies Record<string, Principal>

export type KeyName = keyof typeof principals

export function keyOf(name: KeyName): string {
  return `pcl_the-key-of-${name}-with-32-characters-or-more`
}
