import { readFileSync } from 'node:fs'

export interface Instruction {
  readonly name: string
  readonly text: string
}

export interface Stage {
  readonly image: string
  readonly name: string
  readonly instructions: readonly Instruction[]
}

/** The instructions of a Dockerfile, continued lines joined, comments left out. */
export function readInstructions(file: string): readonly Instruction[] {
  return readFileSync(file, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.split(' ')
      return { name, text: rest.join(' ') }
    })
}

/** What stands between two FROMs, each stage with its image after substitution of the ARGs. */
export function readStages(instructions: readonly Instruction[]): readonly Stage[] {
  const args = new Map<string, string>()
  const stages: (Stage & { instructions: Instruction[] })[] = []
  for (const { name, text } of instructions) {
    if (name === 'FROM') {
      const [image = '', , stage = ''] = text.split(' ')
      const substituted = image.replace(/\$\{(\w+)\}/g, (_, arg) => args.get(arg) ?? '')
      stages.push({ image: substituted, name: stage, instructions: [] })
    } else if (stages.length > 0) {
      stages.at(-1)?.instructions.push({ name, text })
    } else {
      const [arg = '', value = ''] = text.split('=')
      args.set(arg, value)
    }
  }
  return stages
}

/** The texts of one kind of instruction. */
export function textsOf({ instructions }: Stage, name: string): readonly string[] {
  return instructions.filter((one) => one.name === name).map(({ text }) => text)
}
