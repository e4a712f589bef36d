/** Text of reference://financial-glossary. */
export const financialGlossary = `FINANCIAL GLOSSARY

Annuity: equal payments at equal intervals; ordinary at the end of each period, due at its start.
ARR, MRR: annual and monthly recurring revenue; ARR = 12 MRR. Tool: calculate_saas_metrics.
Beta: sensitivity of a share to the market; covariance with the market / variance of the market.
CAC, LTV: cost of winning a customer; revenue or margin from a customer over his life.
CAGR: compound growth per period, (last / first)^(1/n) - 1.
Capital expenditure: money spent on fixed assets; spread over years as depreciation.
CAPM: cost of equity = rf + beta (market return - rf). Tool: calculate_cost_of_equity.
Cash conversion cycle: days inventory + days sales outstanding - days payables. Tool: calculate_cash_conversion_cycle.
CDS: insurance against default; its spread / (1 - recovery) is about the yearly default intensity.
Convexity: curvature of a bond's price in its yield; duration alone underestimates the price.
Covenant: promise to a lender about a ratio. Tools: check_debt_covenant, monitor_debt_covenants.
CVaR, expected shortfall: mean loss in the cases at or beyond VaR.
Dilution: fraction given up by earlier holders, new shares / all shares after.
Discount rate: return that could be had elsewhere at equal risk; as a fraction per period.
Drawdown: fall from an earlier peak, as a fraction of the peak.
DSCR: operating income / (interest + principal due).
DuPont: return on equity = net margin * asset turnover * equity multiplier. Tool: calculate_dupont_3way.
Duration: Macaulay, mean time of the payments weighted by value; modified, Macaulay / (1 + y/m).
EBIT, EBITDA: earnings before interest and tax; before depreciation and amortisation as well.
Enterprise value: market cap + debt - cash. Tool: calculate_enterprise_value.
Free cash flow: cash from operations - capital expenditure. Tool: calculate_free_cash_flow.
Greeks: change of an option's price with the price (delta, gamma), time (theta), volatility (vega), rate (rho).
IRR, XIRR: rate at which the net present value of periodic, of dated flows is 0.
Liquidation preference: amount preferred shares receive before common shares on a sale. Tool: model_cap_table.
LGD, PD, EAD: loss given default, probability of default, exposure; expected loss is their product.
Margin, markup: profit / price; profit / cost. A margin of 0.2 is a markup of 0.25.
MIRR: outflows discounted at a finance rate, inflows compounded at a reinvestment rate.
NPV: sum of flows divided by (1 + r)^t, the first at t = 0. Excel's NPV puts its first flow at t = 1.
NRR, GRR: revenue kept from existing customers with, without expansion.
OAS: spread over the riskless curve after the value of embedded options.
Payback: time until the flows have repaid the outlay; says nothing of what follows.
Post-money, pre-money: value of a company after and before an investment; they differ by the investment.
Quick ratio: current assets without inventory / current liabilities. Tool: calculate_quick_ratio.
ROA, ROE, ROIC: profit / assets, / equity, operating profit after tax / invested capital.
SAFE: money for shares of a later round, at the lower of cap price and discount price.
Sharpe, Sortino: excess return / volatility; / downside deviation.
TTM: trailing twelve months. Tool: calculate_ttm_metrics.
VaR: loss that is not exceeded with the confidence given.
WACC: E/V cost of equity + D/V cost of debt (1 - tax rate).
Working capital: current assets - current liabilities. Tool: calculate_working_capital.
Yield to maturity: rate at which a bond's payments are worth its price, compounded as often as it pays.

calculate_working_capital {"currentAssets":450000,"currentLiabilities":180000} -> workingCapital 270000
calculate_quick_ratio {"currentAssets":450000,"inventory":225000,"currentLiabilities":180000} -> quickRatio 1.25
calculate_enterprise_value {"marketCap":80000000,"totalDebt":25000000,"cashAndEquivalents":9000000} -> enterpriseValue 96000000
calculate_dupont_3way {"netIncome":60000,"sales":480000,"totalAssets":640000,"shareholderEquity":400000} -> returnOnEquity 0.1500
calculate_cash_conversion_cycle {"daysInventoryOutstanding":40,"daysSalesOutstanding":25,"daysPayableOutstanding":30} -> cashConversionCycle 35
`
