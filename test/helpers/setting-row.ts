/** One setting as CONTRACT.md describes it, with a text and a value for each place it may come from. */
export interface SettingRow {
  readonly key: string
  readonly flags?: readonly string[]
  readonly env?: readonly string[]
  /** Text of a flag, and what it means. */
  readonly flag?: readonly [text: string, value: unknown]
  /** Text of a variable, and what it means. */
  readonly variable?: readonly [text: string, value: unknown]
  readonly file: unknown
  readonly default: unknown
  /** Texts that must be refused. */
  readonly bad?: readonly string[]
  /** Values in a file that must be refused. */
  readonly badInFile?: readonly unknown[]
  readonly secret?: true
}

/** What is wrong for every setting of a kind, by variable and in a file. */
export const count = {
  bad: ['-1', '1.5', 'many', '0x10', '1e3'],
  badInFile: ['many', 1.5, -1, null]
}
export const size = { bad: ['1', ...count.bad], badInFile: [1, ...count.badInFile] }
export const seconds = { bad: ['-1', '0', 'soon', '99999999'], badInFile: [0, -1, 1.5, 'soon'] }
export const flag = { bad: ['maybe', '2', 'tru'], badInFile: ['maybe', 2, []] }
export const list = { badInFile: [7, 'text', [7], ['']] }
export const name = { badInFile: [7, [], ''] }
