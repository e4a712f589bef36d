const reserved = /^(?:all|discovery|shiftwork|finance(?:\..*)?)$/

/** True for a name that means tools of this program, so that nothing mounted may have it. */
export function isReservedToolset(name: string): boolean {
  return reserved.test(name)
}
