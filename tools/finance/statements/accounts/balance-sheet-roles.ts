import type { Roles } from './accounts.ts'

export type BalanceGroup =
  | 'current_assets'
  | 'non_current_assets'
  | 'current_liabilities'
  | 'non_current_liabilities'
  | 'equity'

/** The roles of a balance sheet by group. */
export const balanceSheetRoles: Roles<BalanceGroup> = {
  statement: 'a balance sheet',
  groups: new Map<string, BalanceGroup>([
    ['cash_and_equivalents', 'current_assets'],
    ['short_term_investments', 'current_assets'],
    ['accounts_receivable', 'current_assets'],
    ['inventory', 'current_assets'],
    ['prepaid_expenses', 'current_assets'],
    ['other_current_assets', 'current_assets'],
    ['property_plant_equipment', 'non_current_assets'],
    ['accumulated_depreciation', 'non_current_assets'],
    ['intangible_assets', 'non_current_assets'],
    ['goodwill', 'non_current_assets'],
    ['long_term_investments', 'non_current_assets'],
    ['deferred_tax_assets', 'non_current_assets'],
    ['right_of_use_assets', 'non_current_assets'],
    ['other_non_current_assets', 'non_current_assets'],
    ['accounts_payable', 'current_liabilities'],
    ['accrued_liabilities', 'current_liabilities'],
    ['short_term_debt', 'current_liabilities'],
    ['current_portion_long_term_debt', 'current_liabilities'],
    ['deferred_revenue', 'current_liabilities'],
    ['other_current_liabilities', 'current_liabilities'],
    ['long_term_debt', 'non_current_liabilities'],
    ['deferred_tax_liabilities', 'non_current_liabilities'],
    ['pension_liabilities', 'non_current_liabilities'],
    ['lease_liabilities', 'non_current_liabilities'],
    ['other_non_current_liabilities', 'non_current_liabilities'],
    ['common_stock', 'equity'],
    ['preferred_stock', 'equity'],
    ['additional_paid_in_capital', 'equity'],
    ['retained_earnings', 'equity'],
    ['accumulated_other_comprehensive_income', 'equity'],
    ['treasury_stock', 'equity']
  ]),
  aliases: new Map([
    ['cash', 'cash_and_equivalents'],
    ['receivables', 'accounts_receivable'],
    ['ar', 'accounts_receivable'],
    ['prepaid', 'prepaid_expenses'],
    ['pp&e', 'property_plant_equipment'],
    ['ppe', 'property_plant_equipment'],
    ['intangibles', 'intangible_assets'],
    ['rou_assets', 'right_of_use_assets'],
    ['payables', 'accounts_payable'],
    ['ap', 'accounts_payable'],
    ['accruals', 'accrued_liabilities'],
    ['cpltd', 'current_portion_long_term_debt'],
    ['unearned_revenue', 'deferred_revenue'],
    ['ltd', 'long_term_debt'],
    ['apic', 'additional_paid_in_capital'],
    ['aoci', 'accumulated_other_comprehensive_income']
  ])
}

/** Roles that reduce their group: their sum is 0 or negative. */
export const contraRoles: readonly string[] = ['accumulated_depreciation', 'treasury_stock']
