/** Text of docs://forecasting-techniques. */
export const forecastingTechniques = `FORECASTING TECHNIQUES

Choosing
| data | technique | tool |
|---|---|---|
| no pattern, few values | last value, or last value plus average step (drift) | backtest_forecast |
| steady change per period | linear trend | forecast_linear_trend, forecast_trend |
| steady percentage change | exponential trend | forecast_exponential_trend |
| growth towards a limit | logistic trend with its capacity | forecast_logistic_trend |
| trend and season | Holt-Winters, or trend times seasonal index | holt_winters_forecast, forecast_with_seasonality |
Begin with assess_forecastability and test_stationarity; end with backtest_forecast: a technique that does
not beat the naive forecast on past data is not worth its trouble.

Trends, on the index 0 .. n-1
  linear       y = a + b t, least squares
  exponential  ln y = a + b t, least squares on the logarithms (this is not the least squares of y)
  logistic     ln(y / (C - y)) = a + b t for a given capacity C; every value must lie between 0 and C
  growth       CAGR = (last / first)^(1 / periods) - 1
calculate_cagr {"beginningValue":10000,"endingValue":11000,"periods":96} -> cagr 0.000993 (Excel RRI)
fit_exponential_trend {"data":[33100,47300,69000,102000,150000,220000]} -> growthRate 0.4633 (Excel LOGEST)
forecast_linear_trend {"historicalValues":[100,105,110,115],"forecastPeriods":3} -> slope 5
analyze_financial_trends {"entity":"Acme","periods":[{"period":"2022","revenue":100,"net_income":10},{"period":"2023","revenue":110,"net_income":12},{"period":"2024","revenue":121,"net_income":14.4}]} -> revenueCagr 0.1000
calculate_ttm_metrics {"metricName":"Orders","monthlyValues":[1,2,3,4,5,6,7,8,9,10,11,12,13]} -> ttm 90

Season
- Centred moving average over one year (with an even number m of seasons: the mean of two adjacent ones).
- Additive: value - average, indices adjusted to sum 0. Multiplicative: value / average, adjusted to mean 1.
- Multiplicative when the swings grow with the level, additive when they do not.
- At least two full years are needed; three make the indices believable.

Holt-Winters (additive form)
  level   l(t) = alpha (y(t) - s(t-m)) + (1 - alpha)(l(t-1) + b(t-1))
  trend   b(t) = beta (l(t) - l(t-1)) + (1 - beta) b(t-1)
  season  s(t) = gamma (y(t) - l(t)) + (1 - gamma) s(t-m)
  forecast h periods ahead: l + h b + the last known seasonal value of that period
Larger weights follow the data faster and pass on more of its noise.

Errors, over a rolling origin
  MAE = mean |e|      RMSE = sqrt(mean e^2)      MAPE = mean |e / y|, undefined where y = 0
  MASE = MAE / MAE of the (seasonal) naive forecast on the training data; below 1 beats it
backtest_forecast {"historicalValues":[10,11,12,13,14,15,16,17],"initialTrainSize":4,"horizon":1} -> mase 1

Stationarity: ADF takes a unit root as its hypothesis, KPSS takes stationarity. Only when ADF rejects and
KPSS does not is a series safely stationary; when both or neither reject, more data is needed.

Anomalies (detect_anomalies): values more than threshold standard deviations from their rolling mean.
`
