/** Hamada's factor 1 + (1 - t) D/E, with debt taken as free of market risk. */
export function leverageFactor(debtToEquity: number, taxRate: number): number {
  return 1 + (1 - taxRate) * debtToEquity
}

/** Capital asset pricing model: rf + beta (market return - rf). */
export function capmReturn(riskFreeRate: number, beta: number, marketReturn: number): number {
  return riskFreeRate + beta * (marketReturn - riskFreeRate)
}
