import type { ToolDefinition } from '../../../src/types.ts'
import { detectAnomalies } from './evaluation/anomalies.ts'
import { backtestForecast } from './evaluation/backtest-tool.ts'
import { assessForecastability } from './evaluation/forecastability.ts'
import { testStationarity } from './evaluation/stationarity-tool.ts'
import { decomposeTimeSeries, forecastWithSeasonality } from './season/decomposition-tools.ts'
import { holtWintersForecast } from './season/holt-winters-tool.ts'
import { indexTools } from './season/season-tools.ts'
import { seriesTools } from './series/series-tools.ts'
import { fitTools, trendForecastTools } from './trend/trend-tools.ts'

/** The forecast tools beside those of everyday use. */
export const forecastTools: readonly ToolDefinition[] = [
  ...seriesTools,
  ...fitTools,
  forecastWithSeasonality,
  ...trendForecastTools,
  decomposeTimeSeries,
  holtWintersForecast,
  detectAnomalies,
  backtestForecast,
  assessForecastability,
  testStationarity,
  ...indexTools
]
