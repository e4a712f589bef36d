import { compensatedSum } from '../../numeric/sums.ts'

/** Shares with or without a claim that comes before common shares. */
export interface Claim {
  readonly shares: number
  /** Amount that comes first; 0 for common shares. */
  readonly preference: number
  /** Takes the preference and then shares with the common as well. */
  readonly participating: boolean
}

export interface Payout {
  readonly preference: number
  readonly participation: number
  readonly converted: boolean
}

/**
 * Splits exit proceeds. Preferences rank equally and are cut alike when the proceeds do not cover
 * them. A holder of non-participating preferred gives up the preference where the share as common is
 * larger: tried from the lowest preference per share, since who converts makes no other holder who
 * would convert change his mind.
 */
export function splitProceeds(exitValue: number, claims: readonly Claim[]): Payout[] {
  const converted = chooseConversions(exitValue, claims)
  const preferenceOf = (claim: Claim) => (converted.has(claim) ? 0 : claim.preference)
  const owed = compensatedSum(claims.map(preferenceOf))
  const paidShare = owed > exitValue ? exitValue / owed : 1
  const rest = Math.max(0, exitValue - owed)
  const sharing = claims.filter((claim) => isSharing(claim, converted))
  const shares = compensatedSum(sharing.map((claim) => claim.shares))
  return claims.map((claim) => ({
    preference: preferenceOf(claim) * paidShare,
    participation: isSharing(claim, converted) && shares > 0 ? rest * (claim.shares / shares) : 0,
    converted: converted.has(claim)
  }))
}

function isSharing(claim: Claim, converted: ReadonlySet<Claim>): boolean {
  return claim.preference === 0 || claim.participating || converted.has(claim)
}

function chooseConversions(exitValue: number, claims: readonly Claim[]): ReadonlySet<Claim> {
  const converted = new Set<Claim>()
  const candidates = claims
    .filter(
      ({ preference, participating, shares }) => preference > 0 && !participating && shares > 0
    )
    .toSorted((a, b) => a.preference / a.shares - b.preference / b.shares)
  const preferences = claims.map(({ preference }) => preference)
  let rest = exitValue - compensatedSum(preferences)
  const common = claims.filter((claim) => isSharing(claim, converted))
  let shares = compensatedSum(common.map((claim) => claim.shares))
  for (const claim of candidates) {
    // As common: (rest + preference) * own / (shares + own) must exceed the preference.
    if (rest * claim.shares <= claim.preference * shares) break
    converted.add(claim)
    rest += claim.preference
    shares += claim.shares
  }
  return converted
}
