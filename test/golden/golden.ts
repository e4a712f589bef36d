/** A number that a tool must give, and where it comes from. */
export interface Golden {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  /** By path of the output field, such as `npv` or `flows[2].balance`. */
  readonly expected: Readonly<Record<string, number | string | boolean>>
  /** Excel documentation, NIST StRD, a textbook with its page, exact arithmetic and how. */
  readonly source: string
  /** Relative; 1e-9 unless the source has fewer digits. */
  readonly accuracy?: number
}
