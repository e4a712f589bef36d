/** Text of example://investment-analysis. */
export const investmentAnalysis = `WORKED EXAMPLE: AN INVESTMENT

A machine costs 100,000 today and brings 30,000, 35,000, 40,000 and 25,000 at the end of four years. Capital
costs 10 % a year.

1. Net present value: each flow divided by 1.1 to the power of its year.
   -100000 + 27272.73 + 28925.62 + 30052.59 + 17075.34
calculate_npv {"rate":0.1,"cashFlows":[-100000,30000,35000,40000,25000]} -> npv 3326.28
   It is above 0: the machine earns more than its capital costs.

2. Internal rate of return: the rate at which the net present value is 0. One change of sign, so one rate.
calculate_irr {"cashFlows":[-100000,30000,35000,40000,25000]} -> irr 0.115425

3. How sure is that? At 11 % the verdict holds, at 12 % it turns:
calculate_npv {"rate":0.11,"cashFlows":[-100000,30000,35000,40000,25000]} -> npv 1149.74
calculate_npv {"rate":0.12,"cashFlows":[-100000,30000,35000,40000,25000]} -> npv -953.34

4. Flows that are 5 % lower are more than the margin bears:
calculate_npv {"rate":0.1,"cashFlows":[-100000,28500,33250,38000,23750]} -> npv -1840.04

5. Without regard to time, the return on the whole:
calculate_roi {"gainFromInvestment":130000,"costOfInvestment":100000} -> roi 0.30

Conclusion: worth doing at 10 %, with little room. Name the estimate of the flows as the risk to watch.
`

/** Text of example://loan-comparison. */
export const loanComparison = `WORKED EXAMPLE: TWO LOANS

250,000 are needed. Offer A: 30 years at 6 % nominal, paid monthly. Offer B: 15 years at 5.5 %.

1. Payment per month, rate per month = annual rate / 12.
create_amortization_schedule {"principal":250000,"annualRate":0.06,"years":30,"frequency":"monthly"} -> payment 1498.88
create_amortization_schedule {"principal":250000,"annualRate":0.055,"years":15,"frequency":"monthly"} -> payment 2042.71

2. Interest over the whole term.
create_amortization_schedule {"principal":250000,"annualRate":0.06,"years":30,"frequency":"monthly"} -> totalInterest 289593.37
create_amortization_schedule {"principal":250000,"annualRate":0.055,"years":15,"frequency":"monthly"} -> totalInterest 117687.31

3. The same without rounding to cents, and if paid at the start of each month:
calculate_payment {"presentValue":250000,"rate":0.005,"periods":360} -> payment 1498.88
calculate_payment {"presentValue":250000,"rate":0.005,"periods":360,"type":"due"} -> payment 1491.42

4. Both at one price: the payments of A valued at the rate of B. What A costs more than 250,000 is the
   price of its longer term.
calculate_annuity_pv {"payment":1498.88,"rate":0.004583333333333333,"periods":360} -> presentValue 263985.39

5. Or not to buy at all:
analyze_lease_vs_buy {"leasePayment":1500,"leasePeriods":120,"purchasePrice":250000,"salvageValue":200000,"holdingPeriod":120,"discountRate":0.06,"maintenanceCost":200} -> netAdvantageToLeasing 22977.96
   Above 0 leasing costs less, below 0 buying does, in money of today and before taxes.

Conclusion: B saves interest because it lends less long, not because it is cheaper per year alone. Whether
its payment can be borne is a question of cash: compare it with monthly income before anything else.
`

/** Text of example://risk-modeling. */
export const riskModeling = `WORKED EXAMPLE: A RISK

A shop plans revenue of 1,000,000 with a gross margin of 40 %, 300,000 of operating expenses and 25 % tax.

1. Cases: scenario_financial_statements gives base, upside and downside with the share of each change; run it
   with base_case {"revenue":1000000,"gross_margin":0.4,"opex":300000}.

2. Distribution: let revenue be normal (mean 1,000,000, standard deviation 100,000) and the margin triangular
   (0.35 to 0.45, mode 0.4). run_monte_carlo with calculation "{0} * {1} - 300000" and a seed. The mean of the
   profit is 1000000 * 0.4 - 300000 = 100000, since the two are independent; its spread is what is new.

3. Outcomes that are already known, here ten years of profit, give the loss that one year in ten exceeds:
calculate_simulation_var {"values":[-40000,-5000,20000,45000,70000,95000,120000,140000,170000,210000],"confidenceLevel":0.9} -> varOutcome -8500.00
calculate_probability {"values":[-40000,-5000,20000,45000,70000,95000,120000,140000,170000,210000],"type":"below","threshold":0} -> probability 0.20

4. Two risks together: 30,000 and 40,000 at correlation 0.5.
aggregate_portfolio_risk {"portfolioVaRs":[30000,40000],"correlations":[[1,0.5],[0.5,1]]} -> aggregatedVaR 60827.63

5. Can the interest be paid? Earnings of 100,000 against interest of 32,000:
calculate_interest_coverage {"earningsBeforeInterestAndTax":100000,"interestExpense":32000} -> interestCoverage 3.125

Conclusion: report the chance of a loss, the loss at 90 %, and what would break the covenant, each with its
assumption beside it.
`
