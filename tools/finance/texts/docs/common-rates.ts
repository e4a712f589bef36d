/** Text of reference://common-rates. */
export const commonRates = `RATES: FORMS, CONVERSIONS AND HOW TO CHOOSE THEM

This text holds no market quotes: they would be out of date. Ask for the current rate, or look it up, and
name its source and date.

Forms of one rate
| form | meaning |
|---|---|
| per period i | what the tools take: 0.005 per month |
| nominal annual j, m times a year | i = j / m: 6 % monthly is 0.005 per month |
| effective annual e | e = (1 + j/m)^m - 1 |
| continuous c | e = exp(c) - 1, c = ln(1 + e); options use this form |
| discount d | value today 1 - d for 1 in a period; i = d / (1 - d) |
Convert before comparing. From an effective annual rate to a month: (1 + e)^(1/12) - 1.
calculate_future_value {"presentValue":1,"rate":0.005,"periods":12} -> futureValue 1.061678
calculate_future_value {"presentValue":1,"rate":0.06,"periods":0.08333333333333333} -> futureValue 1.004868

Real and nominal: 1 + nominal = (1 + real)(1 + inflation). Discount nominal flows at nominal rates.
calculate_present_value {"futureValue":1.08,"rate":0.03,"periods":1} -> presentValue 1.048544

Day counts
- actual/365: XIRR and XNPV here. actual/360: money markets; times 365/360 to compare.
- 30/360: many bonds; every month has 30 days.
- 365 days in working capital ratios, 360 beside them.
calculate_days_sales_outstanding {"averageAccountsReceivable":50000,"netSales":730000} -> days 25.00

Which rate for what
| question | rate |
|---|---|
| project with the risk of the company | its WACC (calculate_wacc) |
| project with another risk | CAPM with the beta of that business (calculate_cost_of_equity) |
| lease liability | rate implicit in the lease, or the incremental borrowing rate |
| flows to shareholders | cost of equity; flows to all capital: WACC. Never mixed |
| option pricing | riskless rate to expiry, continuous |
| sure flows | yield of government bonds of equal term |

Rules of thumb
- Doubling takes about 72 / percent periods: at 6 % about 12.
- A small premium for risk each year weighs heavily on late flows: over 30 years two points nearly halve them.
calculate_future_value {"presentValue":1,"rate":0.06,"periods":12} -> futureValue 2.0122
calculate_present_value {"futureValue":1,"rate":0.02,"periods":30} -> presentValue 0.5521

Seniority and recovery, long-run averages used when nothing better is known: senior secured highest, then
senior unsecured, subordinated, junior. calculate_recovery_metrics states the figures it uses.
`
