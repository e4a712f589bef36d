/** Text of docs://tvm-formulas; every line "tool {arguments} -> field value" is recomputed by a test. */
export const tvmFormulas = `TIME VALUE OF MONEY: FORMULAS AND CONVENTIONS

Conventions
- Rates are decimal fractions per period: 0.05 is 5 %. A nominal annual rate of 6 % paid monthly is
  0.06 / 12 = 0.005 per month. Rates may be 0 or negative, down to -1 (-100 %) exclusive.
- Cash flows: negative when paid, positive when received. Loans, payments and values of annuities are
  given as positive amounts; Excel shows one side of the exchange negative.
- Annuity type: ordinary pays at the end of each period (loans), due at its start (rents, leases).
- Results carry full precision; only the accompanying text is rounded.

Single amounts (r = rate, n = periods)
  present value   PV = FV / (1 + r)^n
  future value    FV = PV * (1 + r)^n
calculate_present_value {"futureValue":1000,"rate":0.05,"periods":10} -> presentValue 613.9133
calculate_future_value {"presentValue":1000,"rate":0.05,"periods":10} -> futureValue 1628.8946

Annuities
  present value, ordinary   PV = p * (1 - (1 + r)^-n) / r        (r = 0: PV = p * n)
  future value, ordinary    FV = p * ((1 + r)^n - 1) / r         (r = 0: FV = p * n)
  due                       ordinary * (1 + r)
  payment, ordinary         p = (PV + F * (1 + r)^-n) * r / (1 - (1 + r)^-n)
  payment, due              ordinary / (1 + r)
F is Excel's fv: the balance wanted after the last payment, which raises the payment. A balloon that is
still owed at the end lowers it; calculate_payment reports that reading as paymentWithBalloon.
calculate_annuity_pv {"payment":500,"rate":0.006666666666666667,"periods":240} -> presentValue 59777.15
calculate_annuity_fv {"payment":100,"rate":0.005,"periods":120,"type":"due"} -> futureValue 16469.87
calculate_payment {"presentValue":10000,"rate":0.006666666666666667,"periods":10} -> payment 1037.03
calculate_payment {"presentValue":10000,"rate":0.006666666666666667,"periods":10,"type":"due"} -> payment 1030.16
calculate_payment {"presentValue":0,"rate":0.005,"periods":216,"futureValue":50000} -> payment 129.08

Net present value
  NPV = sum of CF[i] / (1 + r)^i, with CF[0] now and not discounted
Excel's NPV function discounts its first flow by one period: NPV(Excel) = NPV / (1 + r), reported as
excelNpv. Accept a project when NPV at your cost of capital is above 0.
calculate_npv {"rate":0.1,"cashFlows":[-10000,3000,4200,6800]} -> npv 1307.29
calculate_npv {"rate":0.1,"cashFlows":[-10000,3000,4200,6800]} -> excelNpv 1188.44

Internal rate of return
  IRR = every r > -1 with sum of CF[i] / (1 + r)^i = 0
There are at most as many rates as sign changes in the flows (Descartes). With more than one sign change
several rates, or none, can exist: all are reported, and irr is the one nearest to guess. When rates
disagree, decide by NPV.
calculate_irr {"cashFlows":[-70000,12000,15000,18000,21000,26000]} -> irr 0.086631
calculate_irr {"cashFlows":[-1600,10000,-10000]} -> irr 0.250000
calculate_irr {"cashFlows":[-1600,10000,-10000],"guess":5} -> irr 4.000000

Dated flows
  XNPV = sum of A[i] / (1 + r)^(d[i] / 365), d[i] = calendar days since the earliest date
  XIRR = every r > -1 with XNPV = 0
Days are counted on the calendar (28 February to 1 March is 2 days in 2024 and 1 in 2023), times of day
and time zones play no part, and r is an effective rate per 365 days.
calculate_xnpv {"rate":0.09,"cashFlows":[{"date":"2008-01-01","amount":-10000},{"date":"2008-03-01","amount":2750},{"date":"2008-10-30","amount":4250},{"date":"2009-02-15","amount":3250},{"date":"2009-04-01","amount":2750}]} -> xnpv 2086.65
calculate_xirr {"cashFlows":[{"date":"2008-01-01","amount":-10000},{"date":"2008-03-01","amount":2750},{"date":"2008-10-30","amount":4250},{"date":"2009-02-15","amount":3250},{"date":"2009-04-01","amount":2750}]} -> xirr 0.373363

Amortization
  interest of a period = opening balance * annual rate / payments per year
  principal of a period = payment - interest
Schedules are rounded to cents; the last payment absorbs the rounding, so that the balance ends at 0.00.
create_amortization_schedule {"principal":200000,"annualRate":0.06,"years":30,"frequency":"monthly"} -> payment 1199.10
`
