import { z } from 'zod'
import { defineTool, ToolError } from '../../../../src/define-tool.ts'
import { formatAmount, formatPercent, requireFinite } from '../../numeric/numbers.ts'
import { addRound, type CapTable, countFullyDiluted, grantOptions } from './rounds.ts'
import { splitProceeds } from './waterfall.ts'

const name = z.string().min(1).max(200)

const shareholder = z.strictObject({
  name: name.describe('Each name once'),
  shares: z.number().min(0).describe('Shares held'),
  pricePerShare: z.number().min(0).describe('Price paid per share'),
  investmentDate: z.iso
    .date()
    .optional()
    .describe('YYYY-MM-DD; kept for the record, plays no part'),
  liquidationPreference: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe(
      'Multiple of shares * pricePerShare that comes first on a sale; leave out for common shares'
    ),
  participating: z
    .boolean()
    .default(false)
    .describe('Whether preferred shares take part in the rest beside their preference')
})

const input = z.object({
  shareholders: z.array(shareholder).min(1).max(500).describe('1 to 500 shareholders'),
  optionPool: z.number().min(0).describe('Options set aside and not granted'),
  action: z
    .enum(['ownership', 'modelRound', 'grantOptions', 'liquidationWaterfall'])
    .describe(
      'ownership: who holds what; modelRound: a priced round (roundParams); grantOptions: from the pool (grantParams); liquidationWaterfall: who gets what of a sale (exitValue)'
    ),
  roundParams: z
    .strictObject({
      newInvestment: z.number().gt(0),
      preMoneyValuation: z.number().gt(0).describe('On all shares and the pool before the round'),
      investorName: name.default('New investor')
    })
    .optional()
    .describe('For modelRound'),
  grantParams: z
    .strictObject({
      recipient: name,
      shares: z.number().gt(0).describe('Options granted'),
      strikePrice: z.number().min(0).default(0).describe('Exercise price per share')
    })
    .optional()
    .describe('For grantOptions'),
  exitValue: z.number().min(0).optional().describe('For liquidationWaterfall: proceeds to split')
})
type Shareholder = z.output<typeof shareholder>

const holder = z.object({
  name: z.string(),
  shares: z.number(),
  options: z.number().describe('Granted, not exercised'),
  fullyDiluted: z.number().describe('Share of all shares, options and the pool, a fraction'),
  issued: z.number().optional().describe('Share of the issued shares alone, a fraction')
})
const payout = z.object({
  name: z.string(),
  preference: z.number().describe('Received before the common'),
  participation: z.number().describe('Received as or with the common'),
  total: z.number(),
  fraction: z.number().optional().describe('total / exitValue'),
  converted: z.boolean().describe('Gave up the preference for a larger share as common')
})

/** Ownership, rounds, grants and the proceeds of a sale. */
export const modelCapTable = defineTool({
  name: 'model_cap_table',
  title: 'Cap table',
  description:
    'Ownership of a company fully diluted, after a priced round, after an option grant, or the split of sale proceeds by liquidation preferences. For a SAFE use model_safe_conversion; for one class of preferred shares run_liquidation_waterfall; for dilution alone calculate_dilution_percentage.',
  toolset: 'finance.statements',
  input,
  output: z.object({
    action: z.string(),
    holders: z.array(holder),
    optionPool: z.number().describe('Left in the pool'),
    poolFraction: z.number().describe('Share of the pool, fully diluted'),
    fullyDilutedShares: z.number(),
    round: z
      .object({
        pricePerShare: z.number().describe('preMoneyValuation / fully diluted shares before'),
        newShares: z.number().describe('Not rounded to whole shares'),
        preMoneyValuation: z.number(),
        postMoneyValuation: z.number(),
        dilution: z.number().describe('Fraction the holders before the round give up')
      })
      .optional(),
    grant: z
      .object({
        recipient: z.string(),
        options: z.number(),
        strikePrice: z.number(),
        exerciseCost: z.number().describe('options * strikePrice')
      })
      .optional(),
    waterfall: z
      .object({
        exitValue: z.number(),
        payouts: z.array(payout),
        distributed: z.number().describe('Sum of the payouts'),
        undistributed: z.number().describe('What no shareholder has a claim to')
      })
      .optional()
      .describe('Preferences rank equally; the pool takes nothing')
  }),
  summary: ({ action, holders, fullyDilutedShares, round, waterfall }) => {
    const count = `${holders.length} holders, ${formatAmount(fullyDilutedShares)} shares fully diluted`
    if (round) {
      return `Price ${formatAmount(round.pricePerShare)} per share, post-money ${formatAmount(round.postMoneyValuation)}, dilution ${formatPercent(round.dilution)}; ${count}.`
    }
    if (waterfall) {
      const list = waterfall.payouts.map(({ name, total }) => `${name} ${formatAmount(total)}`)
      return `Of ${formatAmount(waterfall.exitValue)}: ${list.slice(0, 20).join(', ')}${list.length > 20 ? ', ...' : ''}.`
    }
    return `${action}: ${count}.`
  },
  run: ({ action, shareholders, optionPool, roundParams, grantParams, exitValue }) => {
    const table = tableOf(shareholders, optionPool)
    switch (action) {
      case 'ownership':
        return { action, ...describeOwnership(table) }
      case 'modelRound':
        return { action, ...describeRound(table, require(roundParams, 'roundParams', action)) }
      case 'grantOptions':
        return { action, ...describeGrant(table, require(grantParams, 'grantParams', action)) }
      case 'liquidationWaterfall': {
        const waterfall = describeExit(shareholders, require(exitValue, 'exitValue', action))
        return { action, ...describeOwnership(table), waterfall }
      }
    }
  }
})

function require<T>(value: T | undefined, field: string, action: string): T {
  if (value === undefined) throw new ToolError(`${field}: is needed for the action ${action}`)
  return value
}

function tableOf(shareholders: readonly Shareholder[], pool: number): CapTable {
  const names = new Set(shareholders.map(({ name }) => name))
  if (names.size < shareholders.length) {
    throw new ToolError('shareholders: each name must occur once; add up the shares of one holder')
  }
  const holdings = shareholders.map(({ name, shares }) => ({ name, shares, options: 0 }))
  if (countFullyDiluted({ holdings, pool }) === 0) {
    throw new ToolError('shareholders: at least one must hold shares')
  }
  return { holdings, pool }
}

function describeOwnership(table: CapTable) {
  const all = countFullyDiluted(table)
  const issued = countFullyDiluted({
    holdings: table.holdings.map((holding) => ({ ...holding, options: 0 })),
    pool: 0
  })
  const holders = table.holdings.map(({ name, shares, options }) => ({
    name,
    shares,
    options,
    fullyDiluted: (shares + options) / all,
    ...(issued > 0 && { issued: shares / issued })
  }))
  const optionPool = table.pool
  return { holders, optionPool, poolFraction: optionPool / all, fullyDilutedShares: all }
}

function describeRound(table: CapTable, params: Parameters<typeof addRound>[1]) {
  const result = addRound(table, params)
  return {
    ...describeOwnership(result.table),
    round: {
      pricePerShare: result.price,
      newShares: result.shares,
      preMoneyValuation: params.preMoneyValuation,
      postMoneyValuation: result.postMoney,
      dilution: result.dilution
    }
  }
}

function describeGrant(
  table: CapTable,
  { recipient, shares, strikePrice }: { recipient: string; shares: number; strikePrice: number }
) {
  const exerciseCost = requireFinite(shares * strikePrice, 'grantParams', 'use smaller numbers')
  return {
    ...describeOwnership(grantOptions(table, recipient, shares)),
    grant: { recipient, options: shares, strikePrice, exerciseCost }
  }
}

function describeExit(shareholders: readonly Shareholder[], exitValue: number) {
  const claims = shareholders.map((holder) => ({
    shares: holder.shares,
    participating: holder.participating,
    preference: requireFinite(
      (holder.liquidationPreference ?? 0) * holder.shares * holder.pricePerShare,
      'shareholders',
      'use smaller prices'
    )
  }))
  const payouts = splitProceeds(exitValue, claims).map((share, i) => {
    const sum = share.preference + share.participation
    const total = requireFinite(sum, 'shareholders, exitValue', 'use smaller numbers')
    const fraction = exitValue > 0 ? total / exitValue : undefined
    return { name: shareholders[i]?.name ?? '', ...share, total, fraction }
  })
  const distributed = payouts.reduce((sum, { total }) => sum + total, 0)
  const undistributed = Math.max(0, exitValue - distributed)
  return { exitValue, payouts, distributed, undistributed }
}
