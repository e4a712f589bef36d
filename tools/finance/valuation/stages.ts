import { annuityPv, compound } from '../tvm/annuity.ts'

/** A flow that grows at one rate for some years and at another for ever after. */
export interface Stages {
  /** The last flow paid, a year before the first that counts. */
  readonly flow: number
  readonly highGrowth: number
  readonly years: number
  readonly stableGrowth: number
  readonly required: number
}

/** Present value of the flows of the first stage: a growing annuity, payments in arrears. */
export function presentValueOfGrowth({ flow, highGrowth, years, required }: Stages): number {
  return annuityPv(flow, netRate(highGrowth, required), years)
}

/** Value of all later flows at the end of the first stage (Gordon). */
export function terminalValue(stages: Stages): number {
  const { flow, highGrowth, years } = stages
  return compound(flow, highGrowth, years) * perpetuityFactor(stages)
}

/** The same today. */
export function presentValueOfTerminal(stages: Stages): number {
  const { flow, highGrowth, years, required } = stages
  return compound(flow, netRate(highGrowth, required), -years) * perpetuityFactor(stages)
}

/** Both stages today. */
export function valueOfStages(stages: Stages): number {
  return presentValueOfGrowth(stages) + presentValueOfTerminal(stages)
}

/** Rate at which a growing flow is discounted as if it were level: (1 + r)/(1 + g) - 1. */
function netRate(growth: number, required: number): number {
  return (required - growth) / (1 + growth)
}

function perpetuityFactor({ stableGrowth, required }: Stages): number {
  return (1 + stableGrowth) / (required - stableGrowth)
}
