import { ToolError } from '../../../src/define-tool.ts'
import { requireFinite } from '../numeric/numbers.ts'

export type SafetyMethod = 'demand_only' | 'demand_and_lead_time' | 'forecast_error'

/** Demand and replenishment, per period of the same length. */
export interface Replenishment {
  readonly averageDemand: number
  readonly demandStdDev: number
  readonly leadTime: number
  readonly leadTimeStdDev?: number | undefined
  readonly forecastRmse?: number | undefined
}

/**
 * Standard deviation of the demand during the lead time, by every method whose inputs are given
 * (Silver, Pyke and Thomas, Inventory and Production Management, 4th edition, section 6.7).
 */
function deviationsDuringLeadTime({
  averageDemand,
  demandStdDev,
  leadTime,
  leadTimeStdDev,
  forecastRmse
}: Replenishment): ReadonlyMap<SafetyMethod, number> {
  const root = Math.sqrt(leadTime)
  const deviations = new Map<SafetyMethod, number>([['demand_only', demandStdDev * root]])
  if (leadTimeStdDev !== undefined) {
    const both = Math.hypot(demandStdDev * root, averageDemand * leadTimeStdDev)
    deviations.set('demand_and_lead_time', both)
  }
  if (forecastRmse !== undefined) deviations.set('forecast_error', forecastRmse * root)
  return deviations
}

const neededFields: Readonly<Record<SafetyMethod, string>> = {
  demand_only: 'demand_std_dev',
  demand_and_lead_time: 'lead_time_std_dev',
  forecast_error: 'forecast_rmse'
}

/** The safety stock of a method, and of every other one whose inputs are given. */
export function safetyStocks(replenishment: Replenishment, method: SafetyMethod, zScore: number) {
  const deviations = deviationsDuringLeadTime(replenishment)
  const deviation = deviations.get(method)
  if (deviation === undefined) {
    throw new ToolError(`${neededFields[method]}: is needed for method ${method}`)
  }
  const fix = 'use smaller numbers'
  const alternatives = [...deviations].map(([method, deviation]) => ({
    method,
    safetyStock: requireFinite(zScore * deviation, neededFields[method], fix)
  }))
  const { averageDemand, leadTime } = replenishment
  const demandDuringLeadTime = requireFinite(averageDemand * leadTime, 'lead_time', fix)
  const safetyStock = requireFinite(zScore * deviation, neededFields[method], fix)
  return {
    method,
    zScore,
    demandDuringLeadTime,
    deviationDuringLeadTime: requireFinite(deviation, neededFields[method], fix),
    safetyStock,
    reorderPoint: requireFinite(demandDuringLeadTime + safetyStock, 'lead_time', fix),
    alternatives
  }
}
