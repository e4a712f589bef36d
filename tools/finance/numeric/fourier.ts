/** A vector of complex numbers. */
interface Complex {
  readonly re: Float64Array
  readonly im: Float64Array
}

/**
 * Squared sizes of the discrete Fourier transform at frequencies k = 1 .. n/2 (rounded down) cycles in
 * n values, for any n in n log n steps (Bluestein 1970: a convolution of length a power of two).
 */
export function powersOf(values: readonly number[]): number[] {
  const n = values.length
  const length = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * n)))
  const chirp = createChirp(n)
  const signal = createComplex(length)
  const filter = createComplex(length)
  for (const [i, value] of values.entries()) {
    const [cos, sin] = [chirp.re[i] ?? 0, chirp.im[i] ?? 0]
    signal.re[i] = value * cos
    signal.im[i] = -value * sin
    for (const at of i === 0 ? [0] : [i, length - i]) {
      filter.re[at] = cos
      filter.im[at] = sin
    }
  }
  transform(signal)
  transform(filter)
  multiply(signal, filter)
  // The inverse transform but for an exchange of parts, which no squared size notices.
  const swapped = { re: signal.im, im: signal.re }
  transform(swapped)
  return Array.from({ length: Math.floor(n / 2) }, (_, i) => {
    const [re, im] = [swapped.re[i + 1] ?? 0, swapped.im[i + 1] ?? 0]
    return (re / length) ** 2 + (im / length) ** 2
  })
}

function createComplex(length: number): Complex {
  return { re: new Float64Array(length), im: new Float64Array(length) }
}

/** e^(i pi k^2 / n); k^2 modulo 2 n is exact, so the angle stays small. */
function createChirp(n: number): Complex {
  const chirp = createComplex(n)
  for (let k = 0; k < n; k += 1) {
    const angle = (Math.PI * ((k * k) % (2 * n))) / n
    chirp.re[k] = Math.cos(angle)
    chirp.im[k] = Math.sin(angle)
  }
  return chirp
}

function multiply({ re, im }: Complex, by: Complex): void {
  for (let i = 0; i < re.length; i += 1) {
    const [a, b, c, d] = [re[i] ?? 0, im[i] ?? 0, by.re[i] ?? 0, by.im[i] ?? 0]
    re[i] = a * c - b * d
    im[i] = a * d + b * c
  }
}

/** Fast Fourier transform in place; the length is a power of two (Cooley and Tukey 1965). */
function transform({ re, im }: Complex): void {
  const n = re.length
  reverseBits(re)
  reverseBits(im)
  const turns = createComplex(n / 2)
  for (let k = 0; k < n / 2; k += 1) {
    turns.re[k] = Math.cos((2 * Math.PI * k) / n)
    turns.im[k] = -Math.sin((2 * Math.PI * k) / n)
  }
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half)
    for (let i = 0; i < n; i += 1) {
      if (i & half) continue
      const turn = (i & (half - 1)) * stride
      const [c, s] = [turns.re[turn] ?? 0, turns.im[turn] ?? 0]
      const [x, y] = [re[i + half] ?? 0, im[i + half] ?? 0]
      const [a, b] = [x * c - y * s, x * s + y * c]
      const [p, q] = [re[i] ?? 0, im[i] ?? 0]
      re[i + half] = p - a
      im[i + half] = q - b
      re[i] = p + a
      im[i] = q + b
    }
  }
}

function reverseBits(values: Float64Array): void {
  const n = values.length
  let reversed = 0
  for (let i = 1; i < n; i += 1) {
    let bit = n >> 1
    for (; reversed & bit; bit >>= 1) reversed ^= bit
    reversed ^= bit
    if (i >= reversed) continue
    const held = values[i] ?? 0
    values[i] = values[reversed] ?? 0
    values[reversed] = held
  }
}
