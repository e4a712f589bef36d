/** Random, and nobody's. */
export const goodKey = 'q7Zr1vX9bT3mK8sLw2Yd6Nf4Hc0Jg5Pe'
export const otherKey = 'Vt5nB8yQ2kW7jR4xE9pM1sD6zA3hC0uL'
