// NIST Statistical Reference Datasets (https://www.itl.nist.gov/div898/strd/). Data and certified values
// were written down from memory and then checked: exact rational arithmetic (python3, fractions) on these
// data gives every certified digit below.

/** A data set with its certified least-squares fit. */
export interface ReferenceFit {
  readonly name: string
  readonly predictors: readonly (readonly number[])[]
  readonly response: readonly number[]
  readonly coefficients: readonly number[]
  readonly standardErrors: readonly number[]
  readonly residualStandardDeviation: number
  readonly rSquared: number
}

function parseRows(text: string): number[][] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' ').map(Number))
}

/** Powers 1 to degree of x. */
function powersOf(x: number, degree: number): number[] {
  return Array.from({ length: degree }, (_, index) => x ** (index + 1))
}

// total employment; deflator, GNP, unemployed, armed forces, population, year
const longleyRows = parseRows(`
60323 83.0 234289 2356 1590 107608 1947
61122 88.5 259426 2325 1456 108632 1948
60171 88.2 258054 3682 1616 109773 1949
61187 89.5 284599 3351 1650 110929 1950
63221 96.2 328975 2099 3099 112075 1951
63639 98.1 346999 1932 3594 113270 1952
64989 99.0 365385 1870 3547 115094 1953
63761 100.0 363112 3578 3350 116219 1954
66019 101.2 397469 2904 3048 117388 1955
67857 104.6 419180 2822 2857 118734 1956
68169 108.4 442769 2936 2798 120445 1957
66513 110.8 444546 4681 2637 121950 1958
68655 112.6 482704 3813 2552 123366 1959
69564 114.2 502601 3931 2514 125368 1960
69331 115.7 518173 4806 2572 127852 1961
70551 116.9 554894 4007 2827 130081 1962
`)

export const longley: ReferenceFit = {
  name: 'Longley',
  predictors: longleyRows.map((row) => row.slice(1)),
  response: longleyRows.map(([y = 0]) => y),
  coefficients: [
    -3482258.63459582, 15.0618722713733, -0.035819179292591, -2.02022980381683, -1.03322686717359,
    -0.0511041056535807, 1829.15146461355
  ],
  standardErrors: [
    890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699, 0.214274163161675,
    0.22607320006937, 455.478499142212
  ],
  residualStandardDeviation: 304.854073561965,
  rSquared: 0.995479004577296
}

// y, x
const filipRows = parseRows(`
0.8116 -6.860120914
0.9072 -4.324130045
0.9052 -4.358625055
0.9039 -4.358426747
0.8053 -6.955852379
0.8377 -6.661145254
0.8667 -6.355462942
0.8809 -6.118102026
0.7975 -7.115148017
0.8162 -6.815308569
0.8515 -6.519993057
0.8766 -6.204119983
0.8885 -5.853871964
0.8859 -6.109523091
0.8959 -5.79832982
0.8913 -5.482672118
0.8959 -5.171791386
0.8971 -4.851705903
0.9021 -4.517126416
0.909 -4.143573228
0.9139 -3.709075441
0.9199 -3.499489089
0.8692 -6.300769497
0.8872 -5.953504836
0.89 -5.642065153
0.891 -5.031376979
0.8977 -4.680685696
0.9035 -4.329846955
0.9078 -3.928486195
0.7675 -8.56735134
0.7705 -8.363211311
0.7713 -8.107682739
0.7736 -7.823908741
0.7775 -7.522878745
0.7841 -7.218819279
0.7971 -6.920818754
0.8329 -6.628932138
0.8641 -6.323946875
0.8804 -5.991399828
0.7668 -8.781464495
0.7633 -8.663140179
0.7678 -8.473531488
0.7697 -8.247337057
0.77 -7.971428747
0.7749 -7.676129393
0.7796 -7.352812702
0.7897 -7.072065318
0.8131 -6.774174009
0.8498 -6.478861916
0.8741 -6.159517513
0.8061 -6.835647144
0.846 -6.53165267
0.8751 -6.224098421
0.8856 -5.910094889
0.8919 -5.598599459
0.8934 -5.290645224
0.894 -4.974284616
0.8957 -4.64454848
0.9047 -4.290560426
0.9129 -3.885055584
0.9209 -3.408378962
0.9219 -3.13200249
0.7739 -8.726767166
0.7681 -8.66695597
0.7665 -8.511026475
0.7703 -8.165388579
0.7702 -7.886056648
0.7761 -7.588043762
0.7809 -7.283412422
0.7961 -6.995678626
0.8253 -6.691862621
0.8602 -6.392544977
0.8809 -6.067374056
0.8301 -6.684029655
0.8664 -6.378719832
0.8834 -6.065855188
0.8898 -5.752272167
0.8964 -5.132414673
0.8963 -4.811352704
0.9074 -4.098269308
0.9119 -3.66174277
0.9228 -3.2644011
`)

export const filip: ReferenceFit = {
  name: 'Filip',
  predictors: filipRows.map(([, x = 0]) => powersOf(x, 10)),
  response: filipRows.map(([y = 0]) => y),
  coefficients: [
    -1467.4896142298, -2772.17959193342, -2316.37108160893, -1127.97394098372, -354.478233703349,
    -75.1242017393757, -10.8753180355343, -1.06221498588947, -0.0670191154593408,
    -0.00246781078275479, -0.0000402962525080404
  ],
  standardErrors: [
    298.084530995537, 559.77986547495, 466.477572127796, 227.204274477751, 71.6478660875927,
    15.28971787474, 2.23691159816033, 0.221624321934227, 0.0142363763154724, 0.000535617408889821,
    0.00000896632837373868
  ],
  residualStandardDeviation: 0.00334801051324544,
  rSquared: 0.99672741618562
}

const upToTwenty = Array.from({ length: 21 }, (_, x) => x)

function polynomialFit(name: string, coefficients: readonly number[]): ReferenceFit {
  const predictors = upToTwenty.map((x) => powersOf(x, 5))
  return {
    name,
    predictors,
    response: predictors.map((row) =>
      [1, ...row].reduce((sum, power, k) => sum + power * (coefficients[k] ?? 0), 0)
    ),
    coefficients,
    standardErrors: [0, 0, 0, 0, 0, 0],
    residualStandardDeviation: 0,
    rSquared: 1
  }
}

// x = 0 to 20, no residual: the certified values are those that made the data.
export const wampler1: ReferenceFit = polynomialFit('Wampler1', [1, 1, 1, 1, 1, 1])
export const wampler2: ReferenceFit = polynomialFit(
  'Wampler2',
  [1, 0.1, 0.01, 0.001, 0.0001, 0.00001]
)

/** NumAcc3 and NumAcc4: one middle value, then 500 times one tenth below and above it; sd 0.1 exactly. */
function tenthsAround(whole: number): number[] {
  const values = [whole + 0.2]
  for (let pair = 0; pair < 500; pair += 1) values.push(whole + 0.1, whole + 0.3)
  return values
}

export const numAcc3: readonly number[] = tenthsAround(1_000_000)
export const numAcc4: readonly number[] = tenthsAround(10_000_000)
