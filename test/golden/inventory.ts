import type { Golden } from './golden.ts'

const normal = 'z from statistics.NormalDist of Python, the rest by hand'

export const inventoryGolden: readonly Golden[] = [
  {
    tool: 'calculate_safety_stock',
    args: {
      method: 'demand_and_lead_time',
      service_level: 0.95,
      average_demand: 20,
      demand_std_dev: 5,
      lead_time: 4,
      lead_time_std_dev: 1,
      forecast_rmse: 7
    },
    expected: {
      zScore: 1.6448536269514715,
      safetyStock: 36.78004522900571,
      reorderPoint: 116.78004522900571,
      'alternatives[0].safetyStock': 16.448536269514715,
      'alternatives[2].safetyStock': 23.0279507773206
    },
    source: `${normal}: z sqrt(4 * 25 + 400 * 1), z * 5 * 2, z * 7 * 2`
  },
  {
    tool: 'calculate_eoq',
    args: { annual_demand: 1200, ordering_cost: 100, holding_cost_per_unit: 6, unit_cost: 2 },
    expected: {
      orderQuantity: 200,
      ordersPerYear: 6,
      daysBetweenOrders: 365 / 6,
      annualOrderingCost: 600,
      annualHoldingCost: 600,
      totalAnnualCost: 1200,
      totalWithPurchases: 3600
    },
    source: 'exact arithmetic: sqrt(2 * 1200 * 100 / 6) = sqrt(40000)'
  },
  {
    tool: 'calculate_newsvendor',
    args: {
      mean_demand: 100,
      demand_std_dev: 20,
      underage_cost: 3,
      overage_cost: 1,
      selling_price: 5,
      unit_cost: 2,
      salvage_value: 1
    },
    expected: {
      criticalRatio: 0.75,
      zScore: 0.6744897501960817,
      optimalQuantity: 113.48979500392163,
      expectedUnderstock: 2.983082702701731,
      expectedOverstock: 16.472877706623365,
      expectedCost: 25.42212581472856,
      expectedProfit: 274.5778741852714,
      impliedUnderageCost: 3,
      impliedOverageCost: 1
    },
    source: `${normal}; loss function pdf(z) - z (1 - cdf(z)), Silver, Pyke and Thomas, appendix`
  },
  {
    tool: 'calculate_reorder_point',
    args: {
      demand_history: [10, 12, 8, 14, 6],
      lead_time: 4,
      service_level: 0.95,
      current_stock: 45
    },
    expected: {
      averageDemand: 10,
      demandStdDev: Math.sqrt(10),
      standardError: Math.sqrt(2),
      demandDuringLeadTime: 40,
      reorderPoint: 50.40296775751114,
      stockoutProbability: 0.2145976502201746
    },
    source: `${normal}: 40 + z sqrt(40), erfc(5 / sqrt(80)) / 2`
  },
  {
    tool: 'run_inventory_simulation',
    args: {
      demand_history: [0, 0, 5, 0, 12, 0, 0, 30, 3, 0],
      mean_lead_time: 3,
      service_level: 0.9,
      iterations: 400,
      seed: 11
    },
    expected: {
      reorderPoint: 35,
      safetyStock: 19.64,
      'demandDuringLeadTime.mean': 15.36,
      'demandDuringLeadTime.standardError': 0.7822200268633277,
      'demandDuringLeadTime.percentiles.p99': 60.05,
      'demandDuringLeadTime.skewness': 1.1467011703879992,
      'formula.reorderPoint': 36.29073363182559
    },
    source:
      'xoshiro256** and SplitMix64 once more in Python, sums of three draws as exact fractions; the formula with statistics.NormalDist'
  },
  {
    tool: 'recommend_inventory_model',
    args: { demand_history: [0, 0, 5, 0, 12, 0, 0, 30, 3, 0], lead_time_mean: 3 },
    expected: {
      recommendedModel: 'reorder_point',
      safetyStockMethod: 'demand_only',
      demandPattern: 'lumpy',
      averageInterval: 2.5,
      squaredVariation: 151 / 12.5 ** 2,
      averageDemand: 5,
      simulationRecommended: true,
      eoqApplicable: false
    },
    source:
      'Syntetos, Boylan and Croston 2005: 10 periods, 4 with demand; 5, 12, 30, 3 have mean 12.5 and sample variance 453 / 3'
  }
]
