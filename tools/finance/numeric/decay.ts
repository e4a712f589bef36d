/** (1 - e^-x) / x, the mean of e^-t over [0, x]; 1 at 0. */
export function meanDecay(x: number): number {
  return x === 0 ? 1 : -Math.expm1(-x) / x
}

/** (1 - (1 + x) e^-x) / x^2, the mean of (t / x) e^-t over [0, x]; 1/2 at 0. */
export function decayMoment(x: number): number {
  if (Math.abs(x) > 0.5) return (1 - (1 + x) * Math.exp(-x)) / (x * x)
  // The sum of (-x)^k / (k! (k + 2)): the closed form cancels here.
  let power = 1
  let sum = 0
  for (let k = 0; k < 16; k += 1) {
    sum += power / (k + 2)
    power *= -x / (k + 1)
  }
  return sum
}
