import { ToolError } from '../../../src/define-tool.ts'

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i
const maxNameLength = 200

/** A positive amount. Errors name the argument. */
export function parseAmount(text: string, argument: string): number {
  const amount = parseDecimal(text)
  if (!(amount > 0)) {
    throw new ToolError(
      `${argument}: must be a positive number without currency or separators, such as 100000`
    )
  }
  return amount
}

/** A rate above -1 and at most 1; 7% is 0.07. */
export function parseRate(text: string, argument: string): number {
  const rate = parseFraction(text)
  if (!(rate > -1 && rate <= 1)) {
    throw new ToolError(
      `${argument}: must be a decimal fraction above -1 and at most 1, such as 0.1, or a percentage such as 10%`
    )
  }
  return rate
}

/** A number or a percentage as a fraction; NaN for anything else. */
function parseFraction(text: string): number {
  const percent = text.trim().endsWith('%')
  const number = parseDecimal(percent ? text.trim().slice(0, -1) : text)
  // A quotient prints 7% as 0.07; the product with 0.01 would print 0.07000000000000001.
  return percent ? number / 100 : number
}

/** A confidence level between 0.5 and 1, both exclusive; 95% is 0.95. */
export function parseConfidence(text: string, argument: string): number {
  const level = parseFraction(text)
  if (!(level > 0.5 && level < 1)) {
    throw new ToolError(
      `${argument}: must be above 0.5 and below 1, such as 0.95, or a percentage such as 95%`
    )
  }
  return level
}

/** A whole number from 1 to `most`. */
export function parseCount(text: string, argument: string, most: number): number {
  const count = parseDecimal(text)
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new ToolError(`${argument}: must be a whole number from 1 to ${most}`)
  }
  return count
}

/** NaN for anything but a finite decimal number. */
function parseDecimal(text: string): number {
  const trimmed = text.trim()
  const number = decimal.test(trimmed) ? Number(trimmed) : Number.NaN
  return Number.isFinite(number) ? number : Number.NaN
}

/** A name of at most 200 characters, on one line; '' when it was left out. */
export function parseName(text: string, argument: string): string {
  if (text.length > maxNameLength) {
    throw new ToolError(`${argument}: must have at most ${maxNameLength} characters`)
  }
  // One line without quotes, so that a name cannot pose as further instructions of the prompt.
  return text.replaceAll(/[\p{C}\p{Z}"]+/gu, ' ').trim()
}
