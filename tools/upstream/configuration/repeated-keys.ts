import { endOfString } from '../../../src/json.ts'

interface Frame {
  /** The keys so far; undefined in an array. */
  readonly keys?: Set<string>
  /** The key or the index that leads to what is read now. */
  at: string | number
  isKeyNext: boolean
}

/**
 * Paths of the keys that stand twice in one object of a valid JSON text. JSON.parse lets the last
 * one win in silence, another reader the first: a reviewer and the program may see two servers.
 * What lies deeper than `maxDepth` is passed over.
 */
export function findRepeatedKeys(
  text: string,
  maxDepth: number
): readonly (readonly (string | number)[])[] {
  const repeated: (readonly (string | number)[])[] = []
  const frames: Frame[] = []
  for (let index = 0; index < text.length; index++) {
    const frame = frames.at(-1)
    switch (text[index]) {
      case '"': {
        const end = endOfString(text, index)
        if (frame?.isKeyNext) {
          frame.at = JSON.parse(text.slice(index, end + 1)) as string
          const isRepeated = frame.keys?.has(frame.at) && frames.length <= maxDepth
          if (isRepeated) repeated.push(frames.map(({ at }) => at))
          frame.keys?.add(frame.at)
          frame.isKeyNext = false
        }
        index = end
        break
      }
      case '{':
        frames.push({ keys: new Set(), at: '', isKeyNext: true })
        break
      case '[':
        frames.push({ at: 0, isKeyNext: false })
        break
      case '}':
      case ']':
        frames.pop()
        break
      case ',':
        if (frame) advance(frame)
    }
  }
  return repeated
}

function advance(frame: Frame): void {
  if (typeof frame.at === 'number') frame.at += 1
  else frame.isKeyNext = true
}
